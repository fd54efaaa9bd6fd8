"""Alembic version scripts of the proposals room, oldest first."""
