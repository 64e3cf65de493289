"""Is magnesium low, how sure can one be, and what do tests and signs add?"""
