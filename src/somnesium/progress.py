"""How far a long question has come: one shape for everything that reports it."""

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Called with how many are done, of how many (0: not known), and of what."""


def nothing(done: int, total: int, what: str) -> None:
    """Report nothing: the default."""
