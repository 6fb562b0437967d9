"""The place of a feature's records in the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic

from sqlalchemy import Table

from dialer.memory.records import InMemoryRecords
from dialer.ports.kept import Kept
from dialer.ports.records import R, Records, RecordType
from dialer.store.records import SqlRecords


class KeptRecords(Kept[Records[R]], Generic[R]):
    """`store.kept(it)` gives the records of one type."""

    def __init__(
        self,
        of: RecordType[R],
        table: Table,
        over: Callable[[Any], Records[R]],
        in_memory: Callable[[Any], Records[R]],
    ) -> None:
        super().__init__(table.name, over, in_memory)
        self.of, self.table = of, table


def kept_records(of: RecordType[R], table: Table) -> KeptRecords[R]:
    return KeptRecords(
        of,
        table,
        over=lambda database: SqlRecords(database, of, table),
        in_memory=lambda log: InMemoryRecords(of, log),
    )
