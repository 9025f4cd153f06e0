"""Builders of the shipped dictionaries from their public sources; used at build time only."""
