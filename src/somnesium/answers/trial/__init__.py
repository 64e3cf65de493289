"""Trials with virtual people: designed, lived, measured and analysed as real ones are."""
