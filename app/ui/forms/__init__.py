"""The form of every section: fields, their layout, the page of a record, its history."""
