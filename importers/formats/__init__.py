"""Reads price-list files of any spreadsheet or text format into parsed sheets.

The entry is ``reading.open_book``; nothing is imported here, so that asking for the limits of a
file does not load its readers.
"""
