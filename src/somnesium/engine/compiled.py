"""Where compiled code is kept between runs.

Numba's cache looks only at the file a function stands in; our kernel is built from many. So the
cache lives in a folder named by a hash of all of them, under the user's cache folder (or under
`NUMBA_CACHE_DIR` where that is set). Import this before any module that compiles with `cache=True`.
"""

import hashlib
import os
from pathlib import Path

import numba
from numba.core import config

KERNEL = (
    "chain",
    "cuda_kernel",
    "tiles",
    "lanes",
    "occurrences",
    "channels",
    "randomness",
    "steps",
    "tally",
)
"""Modules of this folder that compiled code is made from, beside the body's and the equations'."""


def _fingerprint() -> str:
    """Hash of every source file that compiled code is made from, and of numba's version."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256(numba.__version__.encode())
    kernel = (package / "engine" / f"{name}.py" for name in KERNEL)
    ground = (package / "literals.py", package / "maths.py")
    for path in sorted([*ground, *package.glob("body/*.py"), *kernel]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Folder for compiled code of this very version."""
    base = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    root = Path(base) if base else Path.home() / ".cache"
    return root / "somnesium" / _fingerprint()


def is_compiled() -> bool:
    """Whether the engine has been compiled on this machine by this version."""
    return any(cache_folder().rglob("tiles.run-*.nbi"))


setattr(config, "CACHE_DIR", str(cache_folder()))  # noqa: B010 - made at run time by numba
