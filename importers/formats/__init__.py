"""Reads price-list files of any spreadsheet or text format into parsed sheets."""

from importers.formats.book import TYPE_NAMES, Book, OpenOptions
from importers.formats.limits import memory_limit, time_limit
from importers.formats.reading import open_book

__all__ = ["TYPE_NAMES", "Book", "OpenOptions", "memory_limit", "open_book", "time_limit"]
