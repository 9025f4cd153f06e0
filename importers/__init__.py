"""From a vendor's file to matched rates; imports dictionaries, never the app.

``formats/`` reads a file into sheets, ``proposals/`` says what a sheet looks like, ``choices``
puts a person's choices on top, ``matching/`` with ``kinds/`` turns the sheet into rates. To add a
file format see ``formats/reading.py``, a kind of sheet ``kinds/standard.py``.
"""
