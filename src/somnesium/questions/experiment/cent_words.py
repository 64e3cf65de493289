"""Items of a CENT 2015 report: filled, absent, or not applicable."""

from typing import Literal, NamedTuple


class Item(NamedTuple):
    """An item: number, section, what it asks in our words, status, and what is told or missing."""

    number: str
    section: str
    asks: str
    status: Literal["filled", "absent", "not applicable"]
    text: str


def filled(number: str, section: str, asks: str, text: str) -> Item:
    """An item that is told."""
    return Item(number, section, asks, "filled", text)


def absent(number: str, section: str, asks: str, missing: str) -> Item:
    """An item that only the person can tell; `missing` says what."""
    return Item(number, section, asks, "absent", f"Missing: {missing}.")


def not_applicable(number: str, section: str, asks: str, why: str) -> Item:
    """An item that this trial cannot have."""
    return Item(number, section, asks, "not applicable", why)


def or_absent(number: str, section: str, asks: str, text: str | None, missing: str) -> Item:
    """Told where it is known, absent otherwise."""
    if text:
        return filled(number, section, asks, text)
    return absent(number, section, asks, missing)
