"""Many bodies through time, compiled."""
