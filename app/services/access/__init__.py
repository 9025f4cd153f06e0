"""Users, roles, passwords, sign-in: who may do what (USR-1 … USR-5)."""
