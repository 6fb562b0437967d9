"""What steering leaves behind, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from dialer.memory.attempts import InMemoryAttempts
from dialer.memory.journal import Rows
from dialer.ports.audit import Audit, AuditEntry
from dialer.ports.happenings import alert_moved, settings_changed
from dialer.ports.scope import OfSystem, Reach, everything, seen
from dialer.ports.steering import (
    AgentResult,
    AlertRow,
    Assignment,
    Delivery,
    Message,
    Receipt,
    ScheduleMark,
    SettingsChange,
)
from dialer.words import DeliveryState


class InMemorySettingsVersions:
    def __init__(self, journal: Rows) -> None:
        self._journal = journal
        self.rows: dict[str, dict[int, SettingsChange]] = defaultdict(dict)

    async def add(self, change: SettingsChange) -> bool:
        if change.version in self.rows[change.subject]:
            return False
        self.rows[change.subject][change.version] = change
        self._journal.append([settings_changed(change)])
        return True

    async def latest(self, subject: str) -> SettingsChange | None:
        found = await self.page(subject, limit=1)
        return found[0] if found else None

    async def page(
        self, subject: str, *, below: int | None = None, limit: int = 50
    ) -> Sequence[SettingsChange]:
        rows = sorted(self.rows[subject].values(), key=lambda row: -row.version)
        return [row for row in rows if below is None or row.version < below][:limit]


class InMemoryAssignments:
    def __init__(self) -> None:
        self._rows: dict[str, Assignment] = {}

    async def put(self, assignment: Assignment) -> None:
        self._rows[assignment.agent] = assignment

    async def all(self) -> Mapping[str, Assignment]:
        return dict(self._rows)


class InMemoryMessages:
    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        self.rows: dict[str, Message] = {}
        self._receipts: dict[tuple[str, str], Receipt] = {}

    async def add(self, message: Message, agents: Sequence[str], entry: AuditEntry) -> None:
        self.rows[message.id] = message
        for agent in agents:
            self._receipts[message.id, agent] = Receipt(message.id, agent)
        await self._audit.record(entry)

    async def of_agent(
        self, agent: str, *, since: float = 0.0, below: str | None = None, limit: int = 50
    ) -> Sequence[tuple[Message, Receipt]]:
        own = [
            (self.rows[receipt.message], receipt)
            for receipt in self._receipts.values()
            if receipt.agent == agent
        ]
        wanted = [it for it in own if it[0].at >= since and (below is None or it[0].id < below)]
        return sorted(wanted, key=lambda it: it[0].id, reverse=True)[:limit]

    async def sent_by(
        self, who: str, *, below: str | None = None, limit: int = 50
    ) -> Sequence[tuple[Message, Sequence[Receipt]]]:
        sent = [row for row in self.rows.values() if row.who == who]
        sent = [row for row in sent if below is None or row.id < below]
        sent.sort(key=lambda row: row.id, reverse=True)
        return [(row, self._receipts_of(row.id)) for row in sent[:limit]]

    def _receipts_of(self, message: str) -> tuple[Receipt, ...]:
        found = [it for it in self._receipts.values() if it.message == message]
        return tuple(sorted(found, key=lambda it: it.agent))

    async def mark_read(self, message_id: str, agent: str, at: float) -> bool:
        receipt = self._receipts.get((message_id, agent))
        if receipt is None:
            return False
        if receipt.read_at is None:
            self._receipts[message_id, agent] = replace(receipt, read_at=at)
        return True


class InMemoryScheduleMarks:
    def __init__(self) -> None:
        self._rows: dict[str, ScheduleMark] = {}

    async def put(self, mark: ScheduleMark) -> None:
        self._rows[mark.campaign_id] = mark

    async def all(self) -> Mapping[str, ScheduleMark]:
        return dict(self._rows)


class InMemoryAlerts:
    def __init__(self, journal: Rows) -> None:
        self._journal = journal
        self.rows: dict[str, AlertRow] = {}

    async def put(self, row: AlertRow) -> None:
        self._journal.append(alert_moved(self.rows.get(row.id), row))
        self.rows[row.id] = row

    async def get(self, alert_id: str) -> AlertRow | None:
        return self.rows.get(alert_id)

    async def known(self, alert_id: str, scope: Reach) -> AlertRow | None:
        return next((row for row in self._sorted(scope) if row.id == alert_id), None)

    async def firing(self, scope: Reach) -> Sequence[AlertRow]:
        return [row for row in self._sorted(scope) if row.ended_at is None]

    async def recent(
        self, scope: Reach, *, below: str | None = None, limit: int = 100
    ) -> Sequence[AlertRow]:
        rows = [row for row in self._sorted(scope)[::-1] if below is None or row.id < below]
        return rows[:limit]

    def _sorted(self, scope: Reach) -> list[AlertRow]:
        rows = seen(self.rows.values(), scope, lambda it: OfSystem(it.pool))
        return sorted(rows, key=lambda row: row.id)


class InMemoryDeliveries:
    def __init__(self) -> None:
        self.rows: dict[str, Delivery] = {}

    async def add(self, deliveries: Sequence[Delivery]) -> None:
        self.rows.update({it.id: it for it in deliveries})

    async def tried(self, deliveries: Sequence[Delivery]) -> None:
        there = [(self.rows[it.id], it) for it in deliveries if it.id in self.rows]
        self.rows.update({row.id: replace(it, body=row.body) for row, it in there})

    async def get(self, delivery_id: str) -> Delivery | None:
        return self.rows.get(delivery_id)

    async def receivers(self, now: float) -> Sequence[str]:
        return sorted({it.hook for it in self._waiting() if it.next_at <= now})

    async def due(self, hook: str, now: float, *, limit: int) -> Sequence[Delivery]:
        theirs = [it for it in self._waiting() if it.hook == hook]
        first: dict[str, int] = {}
        for it in theirs:
            first[it.lane] = min(it.seq, first.get(it.lane, it.seq))
        found = [it for it in theirs if it.next_at <= now and it.seq == first[it.lane]]
        return sorted(found, key=lambda it: (it.next_at, it.seq, it.id))[:limit]

    async def give_up(self, why: str, *, hook: str, before: float | None = None, limit: int) -> int:
        gone = [
            replace(it, state="dead", error=why)
            for it in self._waiting()
            if it.hook == hook and (before is None or it.next_at < before)
        ]
        self.rows.update({it.id: it for it in gone[:limit]})
        return len(gone[:limit])

    def _waiting(self) -> list[Delivery]:
        return [it for it in self.rows.values() if it.state == "waiting"]

    async def page(
        self,
        *,
        hook: str | None = None,
        state: DeliveryState | None = None,
        below: str | None = None,
        limit: int = 100,
    ) -> Sequence[Delivery]:
        rows = [
            row
            for row in sorted(self.rows.values(), key=lambda row: row.id, reverse=True)
            if hook in {None, row.hook}
            and state in {None, row.state}
            and (below is None or row.id < below)
        ]
        return rows[:limit]

    async def sweep(self, *, before: float, limit: int) -> int:
        gone = [
            row.id
            for row in sorted(self.rows.values(), key=lambda row: row.id)[:limit]
            if row.state != "waiting" and row.created_at < before
        ]
        for delivery_id in gone:
            del self.rows[delivery_id]
        return len(gone)


class InMemoryResults:
    def __init__(self, attempts: InMemoryAttempts) -> None:
        self._attempts = attempts

    async def by_agent(
        self, campaigns: Sequence[str], *, since: float, until: float
    ) -> Sequence[AgentResult]:
        found: dict[tuple[str, str, str | None], list[float]] = defaultdict(list)
        async for cdr in self._attempts.export(
            everything("figures of all, for the rank"), ended_only=True
        ):
            talked = cdr.connected_at is not None and since <= cdr.placed_at < until
            if talked and cdr.agent and cdr.campaign in campaigns:
                key = (cdr.agent, cdr.campaign, cdr.disposition)
                found[key].append(cdr.talk_seconds or 0.0)
        rows = [AgentResult(*key, len(talks), sum(talks)) for key, talks in found.items()]
        return sorted(rows, key=lambda row: (row.agent, row.campaign))

    async def said_of(self, campaign: str, codes: Sequence[str]) -> frozenset[str]:
        every = self._attempts.export(everything("whether there is one"), ended_only=True)
        said = {cdr.disposition async for cdr in every if cdr.campaign == campaign}
        return frozenset(codes) & frozenset(it for it in said if it)
