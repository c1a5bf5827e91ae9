"""How Alembic runs here: always inside the transaction of the connection that `aggregator.store.schema` hands over."""

from alembic import context

from aggregator.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
