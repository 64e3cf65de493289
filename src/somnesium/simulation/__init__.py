"""Person and habits into bodies and inputs; bodies through time; people in numbers."""
