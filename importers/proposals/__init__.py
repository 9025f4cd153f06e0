"""What a sheet looks like: header, roles of columns, decimal sign …; entry: columns.propose."""
