"""`somnesium data`: take everything out, delete everything, back up and restore."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from somnesium.errors import InvalidInput

data = typer.Typer(
    no_args_is_help=True, help="Your own data: take it out, delete it, back it up, restore it."
)
"""The commands about one's own data."""

Place = Annotated[str | None, typer.Option("--store", help="a file, or postgresql://…")]
Secret = Annotated[
    Path | None, typer.Option("--passphrase-file", help="read the passphrase from this file")
]


def _say(done: str, rows: dict[str, int]) -> None:
    shown = ", ".join(f"{n} {name}" for name, n in rows.items() if n) or "nothing was in it"
    sys.stdout.write(f"{done}: {shown}.\n")


def _passphrase(file: Path | None, twice: bool) -> str:
    """From the first line of a file, or asked for without showing it."""
    if file is None:
        if not sys.stdin.isatty():
            allowed = "a file with --passphrase-file"
            raise InvalidInput.field("passphrase", "nothing", allowed, "nobody is here to ask")
        return typer.prompt("Passphrase", hide_input=True, confirmation_prompt=twice)
    try:
        return file.read_text(encoding="utf-8").splitlines()[0]
    except (OSError, ValueError, IndexError):
        allowed = "a text file with the passphrase in its first line"
        raise InvalidInput.field("--passphrase-file", str(file), allowed) from None


@data.command()
def export(
    file: Annotated[Path, typer.Argument(help="a new .zip file")], store: Place = None
) -> None:
    """Everything as CSV tables and as JSON, in one zip."""
    from somnesium.store.copies import export_zip
    from somnesium.store.open import opened

    with opened(store) as kept:
        _say(f"Wrote {file}", export_zip(kept, file))


@data.command()
def delete(
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False, store: Place = None
) -> None:
    """Delete everything, for good. Copies and backups elsewhere are not reached."""
    from somnesium.store.copies import counts, delete_everything
    from somnesium.store.open import opened

    with opened(store) as kept:
        if not yes:
            _confirm(sum(counts(kept).values()))
        _say("Deleted for good", delete_everything(kept))


def _confirm(rows: int) -> None:
    allowed = "the word delete"
    if not sys.stdin.isatty():
        raise InvalidInput.field("--yes", "nothing", "--yes", "nobody is here to ask")
    given = typer.prompt(f"This deletes {rows} records for good. Type delete to go on")
    if given.strip().lower() != "delete":
        raise InvalidInput.field("answer", given, allowed, "nothing was deleted")


@data.command()
def backup(
    file: Annotated[Path, typer.Argument(help="a new file")],
    passphrase_file: Secret = None,
    store: Place = None,
) -> None:
    """Everything in one sealed file. A lost passphrase cannot be replaced."""
    from somnesium.store.backup import backup as seal
    from somnesium.store.open import opened

    passphrase = _passphrase(passphrase_file, twice=True)
    with opened(store) as kept:
        _say(f"Sealed {file}", seal(kept, file, passphrase))


@data.command()
def restore(
    file: Annotated[Path, typer.Argument(help="a backup")],
    passphrase_file: Secret = None,
    store: Place = None,
) -> None:
    """Put a backup into an empty store."""
    from somnesium.store.backup import restore as unseal
    from somnesium.store.open import opened

    passphrase = _passphrase(passphrase_file, twice=False)
    with opened(store) as kept:
        _say(f"Restored {file}", unseal(kept, file, passphrase))
