"""Rate import and everything around a rate tree."""
