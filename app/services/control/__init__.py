"""Control: what was changed by whom, and whether the trail of it is whole (USR-6)."""
