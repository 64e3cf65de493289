"""What a person asks, answered from nights, simulated or measured; decides, never presents."""
