"""Somnesium against its peers, on one core, at the same accuracy: `python -m bench`."""
