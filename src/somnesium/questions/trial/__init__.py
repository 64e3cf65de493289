"""What would a trial find."""
