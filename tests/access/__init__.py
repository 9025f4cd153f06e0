"""Who may do what: passwords, sign-in, users, roles (USR-1 … USR-5)."""
