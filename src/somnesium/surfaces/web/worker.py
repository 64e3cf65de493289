"""A job's own process: the question on standard input, progress and answer on standard output."""

import json
import sys
from datetime import datetime
from pathlib import Path

from somnesium.errors import SomnesiumError
from somnesium.surfaces.web.cases import Place, answered, error_body, told


def _say(kind: str, text: str) -> None:
    sys.stdout.write(f"{kind} {text}\n")
    sys.stdout.flush()


def main(name: str) -> None:
    """Answer one question; whatever goes wrong is said in one line."""
    asked = json.loads(sys.stdin.buffer.read())

    def report(done: int, total: int) -> None:
        _say("progress", f"{done} {total}")

    folder = Path(asked["folder"]) if "folder" in asked else None
    place = Place(asked["store"], datetime.fromisoformat(asked["now"]), folder)
    try:
        found = answered(name, asked["document"].encode(), asked["options"], place, report)
        _say("answer", told(found))
    except SomnesiumError as error:
        _say("error", json.dumps(error_body(error)))


if __name__ == "__main__":
    main(sys.argv[1])
