"""Who: the validated documents that describe a person and what they do; no physiology."""
