"""Loading master data from files."""
