"""Reads price-list files of any spreadsheet or text format into parsed sheets.

The one entry is :func:`importers.formats.reading.open_book`.
"""
