"""What the product does: requests in, answers out, one function per question."""
