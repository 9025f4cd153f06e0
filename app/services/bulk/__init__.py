"""Loading master data from files: rows of names and values become records, by the form's rules."""
