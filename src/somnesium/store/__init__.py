"""Where a person's nights, doses and experiments are kept; the only folder with SQL."""
