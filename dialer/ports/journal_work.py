"""What a consumer of the journal is handed beside the records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from dialer.ports.cdr import Cdr
from dialer.ports.desk import Callback
from dialer.ports.recordings import Recording
from dialer.ports.steering import AlertRow, Delivery, SettingsChange


class Work(Protocol):
    """The transaction in which a consumer's cursor moves: what it may look up and write there."""

    @property
    def connection(self) -> Any:
        """SQLAlchemy's; None in memory."""

    def calls(self, ids: Collection[str]) -> Mapping[str, Cdr]: ...
    def alerts(self, ids: Collection[str]) -> Mapping[str, AlertRow]: ...
    def callbacks(self, ids: Collection[str]) -> Mapping[str, Callback]: ...
    def recordings(self, ids: Collection[str]) -> Mapping[str, Recording]: ...

    def campaigns(self) -> Mapping[str, str]:
        """Names by id."""

    def authors(self, audit_ids: Collection[str]) -> Mapping[str, str]:
        """Who, by id of the audit entry."""

    def version(self, subject: str, version: int) -> SettingsChange | None: ...
    def deliver(self, deliveries: Sequence[Delivery]) -> None: ...
