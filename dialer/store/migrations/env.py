"""Run by Alembic: migrates over the connection that `dialer.store.migrate` hands in."""

from __future__ import annotations

from alembic import context

from dialer.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=True,
)
context.run_migrations()
