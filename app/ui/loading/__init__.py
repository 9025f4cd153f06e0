"""Loading records from files in the window."""
