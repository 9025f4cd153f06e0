"""One file per schema number, oldest first."""
