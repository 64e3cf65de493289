"""Tests on both databases."""

from databases import database, place, server, store  # noqa: F401
