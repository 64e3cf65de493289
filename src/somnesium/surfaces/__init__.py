"""What people see: they translate and present, and decide nothing."""
