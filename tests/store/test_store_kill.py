"""Killed at any moment, a store loses no night that was told as kept, and keeps no half."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from somnesium.store.nights import nights
from somnesium.store.open import opened

_WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from recorded import NOW, recorded
from somnesium.store.nights import keep_nights
from somnesium.store.open import open_store

store = open_store(sys.argv[1])
for k in range(100_000):
    pair = [recorded(5)._replace(key=f"{k}/{side}") for side in "ab"]
    keep_nights(store, pair, NOW)
    sys.stdout.write(f"{k}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("seed", range(6))
def test_kill_9_loses_no_committed_night(place, seed):
    enough = random.Random(seed).randrange(1, 40)
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, place, str(Path(__file__).parents[1])],
        stdout=subprocess.PIPE,
        env=os.environ,
        text=True,
    )
    assert writer.stdout is not None
    told = -1
    for line in writer.stdout:
        told = int(line)
        if told >= enough:
            break
    os.kill(writer.pid, signal.SIGKILL)
    rest = writer.stdout.read()
    told = int(rest.split()[-1]) if rest.endswith("\n") else told
    writer.stdout.close()
    assert writer.wait() == -signal.SIGKILL
    with opened(place) as store:
        keys = [one.key for one in nights(store)]
    pairs = {int(key.split("/")[0]) for key in keys}
    assert pairs >= set(range(told + 1))
    assert len(keys) == 2 * len(pairs)  # never one of two
