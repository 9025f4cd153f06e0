"""From a sheet and settings to rates: rows, values, prices; entry: rows.build_rows."""
