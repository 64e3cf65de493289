"""The Night record, simulated or measured, and the instruments that stand before it."""
