"""The tariff screens: the page of a service, the rate-tree editor, compare.

Loaded when such a tab opens; by then a database is open and its libraries are in memory.
"""
