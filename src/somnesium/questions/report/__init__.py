"""Two pages for a doctor."""
