"""What Alembic runs: the migrations over the connection that `migrate` hands in."""

from __future__ import annotations

from alembic import context

from liaison.store.schema.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
