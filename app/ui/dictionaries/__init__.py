"""Pages about dictionaries: updates from files, repair of missed options."""
