"""What do the trials say."""
