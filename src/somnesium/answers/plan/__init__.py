"""Which plan could this person follow, and what would it be worth?"""
