"""Words that no password may be."""
