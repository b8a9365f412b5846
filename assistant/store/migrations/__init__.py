"""Alembic's migrations of the store; `assistant.store.database.migrate` runs them."""
