"""Signing in, the own account, and what protects a database, in the window."""
