"""Text and tables as wide as the window that is written to, or whole where there is none."""

import shutil
import sys
from collections.abc import Sequence

from somnesium import say


def window() -> int | None:
    """Columns of the terminal that is written to; None for a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def table(head: Sequence[str], rows: Sequence[Sequence[str]], markdown: bool = False) -> str:
    """Rows under a head."""
    return say.table(head, rows, markdown, window())


def write(text: str) -> None:
    """An answer, its long lines broken between words."""
    sys.stdout.write(say.wrap(text, window()))
