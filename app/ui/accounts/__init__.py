"""Pages of Account management that are more than a list or a form."""
