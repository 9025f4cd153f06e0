"""Pages of control: one command in the audit, what is due next, and the clock of the due work."""
