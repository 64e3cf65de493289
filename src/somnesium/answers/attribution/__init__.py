"""How big a part each input plays: shares of the variance of sleep, with intervals."""
