"""What would this plan do."""
