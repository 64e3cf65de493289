"""How to find out whether it works for one person: question, periods, allocation, power."""
