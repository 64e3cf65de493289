"""How much magnesium, and is it enough."""
