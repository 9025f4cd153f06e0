"""Alembic's entry: runs the migrations on the connection, and in the transaction, of the runner."""

from __future__ import annotations

from alembic import context

from app.db.tables import metadata


def run() -> None:
    """Run what the command asked for."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
    context.run_migrations()


run()
