"""The only SQL: rows in, types out.

`Store.open(address)` gives a facade with five rooms. Each of their methods is one transaction; none calls the
network, and all that can go wrong is a `StoreError`. Everything is safe to do twice and beside another process.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from aggregator.store.applying import Applied
from aggregator.store.engine import Database, connect
from aggregator.store.finding import Member
from aggregator.store.harvests import HarvestRecord, Harvests
from aggregator.store.index import StoredIndex
from aggregator.store.journal import Journal, Run
from aggregator.store.linking import Linked
from aggregator.store.outbox import OutboxRows
from aggregator.store.plans import Plans
from aggregator.store.problems import OpenProblem
from aggregator.store.schema import bring_up_to_date
from aggregator.store.vacancies import Vacancies

__all__ = [
    "Applied",
    "HarvestRecord",
    "Harvests",
    "Journal",
    "Linked",
    "Member",
    "OpenProblem",
    "OutboxRows",
    "Plans",
    "Run",
    "Store",
    "StoredIndex",
    "Vacancies",
]


class Store:
    """One region's memory. Use it as a context manager, or `close` it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.harvests = Harvests(database)
        self.vacancies = Vacancies(database)
        self.plans = Plans(database)
        self.outbox = OutboxRows(database)
        self.journal = Journal(database)

    @classmethod
    def open(cls, address: str, *, password: str | None = None) -> Store:
        """The store at `address` (a path, `sqlite:///path` or `postgresql+psycopg://user@host/name`), its tables made
        or brought up to date first.

        Raises `StoreError` when it cannot be reached or was written by a newer Jobbfyr.
        """
        database = connect(address, password=password)
        try:
            bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
