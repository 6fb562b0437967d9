"""What a consumer of the journal may look up and write in its transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from dialer.ports.cdr import Cdr
from dialer.ports.desk import Callback
from dialer.ports.recordings import Recording
from dialer.ports.scope import whole
from dialer.ports.steering import AlertRow, Delivery, KeyChange, SettingsChange
from dialer.store import cdr
from dialer.store.steering_tables import alerts, deliveries, settings_versions
from dialer.store.tables import attempts, audit, callbacks, campaigns, recordings
from dialer.store.upsert import upsert
from dialer.words import RecordingState


class SqlWork:
    """Implements `dialer.ports.journal_work.Work`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @whole("of what happened, for the program itself")
    def calls(self, ids: Collection[str]) -> Mapping[str, Cdr]:
        found = cdr.where(self.connection, attempts.c.id.in_(list(ids))) if ids else []
        return {it.attempt_id: it for it in found}

    @whole("of what happened, for the program itself")
    def alerts(self, ids: Collection[str]) -> Mapping[str, AlertRow]:
        return {row["id"]: AlertRow(**row) for row in self._rows(alerts, AlertRow, ids)}

    @whole("of what happened, for the program itself")
    def callbacks(self, ids: Collection[str]) -> Mapping[str, Callback]:
        return {row["id"]: Callback(**row) for row in self._rows(callbacks, Callback, ids)}

    @whole("of what happened, for the program itself")
    def recordings(self, ids: Collection[str]) -> Mapping[str, Recording]:
        rows = self._rows(recordings, Recording, ids)
        return {
            row["id"]: Recording(**{**row, "state": RecordingState(row["state"])}) for row in rows
        }

    @whole("of what happened, for the program itself")
    def campaigns(self) -> Mapping[str, str]:
        rows = self.connection.execute(select(campaigns.c.id, campaigns.c.name))
        return {row.id: row.name for row in rows}

    def authors(self, audit_ids: Collection[str]) -> Mapping[str, str]:
        query = select(audit.c.id, audit.c.who).where(audit.c.id.in_(list(audit_ids)))
        return {row.id: row.who for row in self.connection.execute(query)} if audit_ids else {}

    def version(self, subject: str, version: int) -> SettingsChange | None:
        table = settings_versions.c
        query = select(*[table[name] for name in SettingsChange.__struct_fields__])
        row = self.connection.execute(
            query.where(table.subject == subject, table.version == version)
        ).first()
        if row is None:
            return None
        fields = dict(row._mapping)
        fields["changes"] = tuple(KeyChange(*it) for it in fields["changes"])
        return SettingsChange(**fields)

    def deliver(self, new: Sequence[Delivery]) -> None:
        upsert(self.connection, deliveries, [msgspec.structs.asdict(it) for it in new])

    def _rows(self, table: Table, type_: Any, ids: Collection[str]) -> list[dict[str, Any]]:
        if not ids:
            return []
        columns = [table.c[name] for name in type_.__struct_fields__]
        rows = self.connection.execute(select(*columns).where(table.c.id.in_(list(ids))))
        return [dict(row._mapping) for row in rows]
