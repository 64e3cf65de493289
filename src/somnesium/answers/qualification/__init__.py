"""Does the model reproduce what was published? One experiment a benchmark, told as it comes out."""
