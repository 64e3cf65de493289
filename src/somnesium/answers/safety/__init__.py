"""Is a plan safe for a person."""
