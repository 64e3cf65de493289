"""`somnesium serve`: the web app on this machine."""

import os
import secrets
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from somnesium.errors import InvalidInput, MissingPart

_LEAST_PASSWORD = 10
"""Characters a password has at least (judgement#password-length)."""
_SECRET_BYTES = 32
_PACKAGES = ("fastapi", "uvicorn", "jinja2", "multipart", "argon2")


def _require_packages() -> None:
    """`MissingPart` unless everything the web app needs is installed."""
    from importlib.util import find_spec

    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise MissingPart(
            f"serve: {', '.join(missing)} not installed; it comes with the extra web: "
            'pip install "somnesium[web]"'
        )


def _hashed_password() -> str:
    """Argon2's hash of a password from SOMNESIUM_PASSWORD, or asked for."""
    from argon2 import PasswordHasher

    given = os.environ.get("SOMNESIUM_PASSWORD", "")
    if not given and sys.stdin.isatty():
        given = typer.prompt("Password for this server", hide_input=True, confirmation_prompt=True)
    if len(given) < _LEAST_PASSWORD:
        allowed = f"a password of {_LEAST_PASSWORD} characters or more"
        fix = "others can reach this address: type one, or set SOMNESIUM_PASSWORD"
        raise InvalidInput.field("password", f"{len(given)} characters", allowed, fix)
    return PasswordHasher().hash(given)


def _secret(store: str | None) -> bytes:
    """What signs the documents in browsers: kept beside the store, so that a restart loses none.

    Only its owner can read the file. Where none can be written it is new with every start.
    """
    from platformdirs import user_data_path

    from somnesium.store.open import default_store

    place = store or default_store()
    folder = user_data_path("somnesium") if "://" in place else Path(place).expanduser().parent
    path = folder / "web.key"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(made, "wb") as file:
                file.write(secrets.token_bytes(_SECRET_BYTES))
        found = path.read_bytes()
        if len(found) == _SECRET_BYTES:
            return found
    return secrets.token_bytes(_SECRET_BYTES)


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens, or `InvalidInput` with the reason."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Told that it is TCP, asyncio sends small answers at once; else each waits 40 ms.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(128)
    except (OSError, OverflowError) as error:
        found.close()
        fix = str(getattr(error, "strerror", None) or error)
        where = f"{host}:{port}"
        raise InvalidInput.field("--port", where, "a free address of this machine", fix) from None
    return found


def _say(host: str, port: int, open_to_others: bool) -> None:
    shown = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"Somnesium is at http://{shown}:{port} (stop with Ctrl+C)\n")
    if open_to_others:
        sys.stderr.write(
            "Others can reach it, and what they type is not encrypted on the way: put a server "
            "with TLS before it, such as Caddy or nginx.\n"
        )
    sys.stderr.flush()


def serve(
    port: Annotated[int, typer.Option(help="port, 1 to 65535; 0 takes a free one")] = 8400,
    host: Annotated[
        str, typer.Option(help="address to listen at; other than this machine needs a password")
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None, typer.Option(help="a name the server is also known by, with --host")
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", help="where nights are kept: a file, or postgresql://…")
    ] = None,
) -> None:
    """Open the web app and the REST API on this machine; nothing leaves it."""
    _require_packages()
    import uvicorn

    from somnesium.surfaces.web.app import create_app
    from somnesium.surfaces.web.security import LOOPBACK, Settings

    if not 0 <= port <= 65535:
        raise InvalidInput.field("--port", port, "0 to 65535", "choose a port from 1024 on")
    others = host not in LOOPBACK
    settings = Settings(
        # A session of someone who knew the password ends with the server.
        secret=secrets.token_bytes(_SECRET_BYTES) if others else _secret(store),
        names=frozenset(one.lower() for one in name or ()),
        open=others,
        password_hash=_hashed_password() if others else "",
        store=store,
    )
    listening = _listening(host, port)
    _say(host, listening.getsockname()[1], others)
    config = uvicorn.Config(
        create_app(settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[listening])
