"""Did it work for me: a self-experiment analysed."""
