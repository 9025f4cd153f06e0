"""All SQL: tables, transactions, queries and migrations, for SQLite and PostgreSQL."""
