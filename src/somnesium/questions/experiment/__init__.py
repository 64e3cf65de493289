"""Does it work for me."""
