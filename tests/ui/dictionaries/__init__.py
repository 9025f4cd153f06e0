"""Tests of the pages about dictionaries."""
