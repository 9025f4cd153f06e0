"""Source Sans 3, regular and semibold, unchanged; its licence is OFL.txt."""
