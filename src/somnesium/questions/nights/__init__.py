"""My nights, recorded and imported."""
