"""Vendors' price lists to try an import on; all of them invented."""
