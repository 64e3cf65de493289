"""What a folder of a population holds: of which run, in which files.

A run is everything its numbers depend on; its identity is a hash of that. Files hold a fixed
number of persons each, whatever memory, threads or cluster compute them.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from somnesium.engine.run import Device, Precision
from somnesium.errors import InvalidInput
from somnesium.person.checked import CheckedPlan
from somnesium.population.chunk import worlds_of
from somnesium.population.files import Held, write_whole
from somnesium.population.spec import PopulationSpec

FORMAT = 1
"""Version of the layout of the folder and its columns."""
_PERSONS = 4096
_ROWS = 1 << 19
_TILE = 16
_NAME = "manifest.json"
_OURS = {"nights", "persons", "summary.json", ".lock", _NAME + ".part"}


class Run(NamedTuple):
    """Everything the numbers of a population depend on.

    `version` is the model's, and of the code of the engine; `persons` how many a file holds.
    """

    spec: PopulationSpec
    plan: CheckedPlan | None
    precision: Precision
    device: Device
    version: str
    persons: int


class FilePlan(NamedTuple):
    """One file to be: its name (in `nights/` and in `persons/`) and the people it holds."""

    name: str
    first: int
    people: int

    def held(self, identity: str) -> Held:
        """What its footer says."""
        return Held(identity, self.first, self.people)


class Written(NamedTuple):
    """A finished pair of files: rows of nights, and the hashes of the bytes."""

    name: str
    first: int
    people: int
    nights: int
    nights_sha256: str
    persons_sha256: str


def persons_per_file(spec: PopulationSpec, plan: CheckedPlan | None) -> int:
    """4096 persons a file, fewer where that would be over half a million nights."""
    nights = spec.days * len(worlds_of(plan))
    return max(_TILE, min(_PERSONS, _ROWS // nights // _TILE * _TILE))


def _content(run: Run) -> dict[str, Any]:
    """The run as a document; people of the user's own by the hash of their table."""
    spec = run.spec.model_dump(mode="json")
    if spec["table"] is not None:
        spec["table"] = hashlib.sha256(json.dumps(spec["table"]).encode()).hexdigest()
    return {
        "format": FORMAT,
        "version": run.version,
        "precision": run.precision,
        "device": run.device,
        "persons_per_file": run.persons,
        "worlds": list(worlds_of(run.plan)),
        "spec": spec,
        "regimen": None if run.plan is None else run.plan.regimen.model_dump(mode="json"),
    }


def identity_of(run: Run) -> str:
    """Hash of the run: two runs with the same identity have the same files."""
    text = json.dumps(_content(run), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def files_of(run: Run) -> tuple[FilePlan, ...]:
    """The files of a run, in order of persons."""
    people = run.spec.people
    return tuple(
        FilePlan(f"{k:06d}.parquet", first, min(run.persons, people - first))
        for k, first in enumerate(range(0, people, run.persons))
    )


def write_manifest(out: Path, run: Run, written: dict[str, Written]) -> None:
    """Write `manifest.json`: the run, and the finished files in order."""
    done = [written[name]._asdict() for name in sorted(written)]
    content = {"identity": identity_of(run), **_content(run), "files": done}
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_whole(out / _NAME, text.encode())


def read_manifest(out: Path, run: Run) -> dict[str, Written]:
    """The finished files of `out` by name; none if it is new.

    Raises `InvalidInput` if the folder belongs to another run, or holds files that are not ours.
    An unreadable manifest counts for nothing: the footers of the files say what they are.
    """
    path = out / _NAME
    if not path.exists():
        if out.is_file() or (out.is_dir() and {p.name for p in out.iterdir()} - _OURS):
            allowed = "a new or empty folder, or one that this very run began"
            raise InvalidInput.field("out", str(out), allowed, "name another folder")
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        identity = content["identity"]
        done = {entry["name"]: Written(**entry) for entry in content["files"]}
    except (ValueError, KeyError, TypeError):
        return {}
    if identity != identity_of(run):
        differs = _difference(content, _content(run))
        raise InvalidInput.field(
            "out",
            str(out),
            "a folder of this very run",
            f"it holds another population ({differs} differs): name another folder",
        )
    return done


def _difference(there: dict[str, Any], here: dict[str, Any]) -> str:
    """The fields in which two runs differ, by name."""
    found = []
    for key, value in here.items():
        other = there.get(key)
        if other == value:
            continue
        if isinstance(value, dict) and isinstance(other, dict):
            parts = [k for k in {**value, **other} if value.get(k) != other.get(k)]
            found += [f"{key}.{part}" for part in parts]
        else:
            found.append(key)
    return ", ".join(found) or "identity"
