"""Alembic's entry: runs on the connection that `server.db.migrate` hands over."""

from __future__ import annotations

from alembic import context

from server.db.migrate import declared

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=declared(),
    # SQLite cannot alter most things in place: steps there copy the table.
    render_as_batch=True,
    transactional_ddl=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
