"""Trials as if they were lived: every difference as published, so that answers can be looked at."""

import numpy as np


def as_published(asked, _table, z, **_):
    """Each comparison at its published number (0 where none is printed), a little by the gains."""
    return np.tile([one.value or 0.0 for one in asked.rows], (len(z), 1)) + 0.01 * z[:, :1]
