"""Is my magnesium low."""
