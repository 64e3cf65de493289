"""What the trials say: the evidence table, effect sizes, pooling, and how far to trust it."""
