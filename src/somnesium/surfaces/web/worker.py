"""A job's own process: the question on standard input, progress and answer on standard output."""

import json
import sys

from somnesium.errors import SomnesiumError
from somnesium.surfaces.web.cases import CASES, answered, error_body

__all__ = ["main"]


def _say(kind: str, text: str) -> None:
    sys.stdout.write(f"{kind} {text}\n")
    sys.stdout.flush()


def main(name: str) -> None:
    """Answer one question; whatever goes wrong is said in one line."""
    asked = json.loads(sys.stdin.buffer.read())

    def report(done: int, total: int) -> None:
        _say("progress", f"{done} {total}")

    try:
        found = answered(CASES[name], asked["document"].encode(), asked["options"], report)
        _say("answer", found.model_dump_json())
    except SomnesiumError as error:
        _say("error", json.dumps(error_body(error)))


if __name__ == "__main__":
    main(sys.argv[1])
