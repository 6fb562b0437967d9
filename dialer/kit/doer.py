"""Who changes something: a request, or a command on this machine. The audit log names them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dialer.kit.grants import Grant
from dialer.ports.audit import AuditEntry
from dialer.ports.store import Store


@dataclass(frozen=True)
class Doer:
    store: Store
    grant: Grant
    now: Callable[[], float]

    def entry(self, what: str, subject: str, before: Any = None, after: Any = None) -> AuditEntry:
        """For the audit log: that this was done now."""
        who = self.grant.who
        return AuditEntry(
            at=self.now(), who=who, what=what, subject=subject, before=before, after=after
        )
