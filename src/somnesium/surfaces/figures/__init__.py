"""Pictures whose titles say what they show."""
