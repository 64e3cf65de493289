"""Tests share one cache of compiled code and never touch the network."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / "somnesium-tests"))
# Nor do they read the foods that a developer imported.
os.environ["XDG_DATA_HOME"] = str(Path(tempfile.gettempdir()) / "somnesium-tests-data")
