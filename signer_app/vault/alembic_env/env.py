"""Run by Alembic inside the transaction that migrations.upgrade has begun; it opens nothing of its own."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
