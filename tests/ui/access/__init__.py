"""Signing in, the own account and security in the window, on real databases."""
