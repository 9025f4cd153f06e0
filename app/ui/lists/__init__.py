"""The one list of every section: a table over SQL pages with filters, views, groups and copies."""
