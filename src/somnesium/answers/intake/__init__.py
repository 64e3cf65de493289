"""How much magnesium is eaten and taken, whether it is enough, and which foods close the gap."""
