"""The window: all Qt of the program. It calls services in jobs and never touches the database."""
