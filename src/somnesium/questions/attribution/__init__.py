"""How big a part does magnesium play."""
