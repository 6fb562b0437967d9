"""The store in memory: the same answers as the databases give, held to it by one contract suite."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from dialer.ids import new_id
from dialer.ports.people import Pseudonyms
from dialer.ports.store import (
    Agent,
    AgentSession,
    AlreadyExistsError,
    AuditEntry,
    AuditQuery,
    AuditRow,
    Campaign,
    CampaignState,
    NotFoundError,
    RecordedCall,
    Recording,
    RecordingQuery,
    RecordingState,
    SettingsVersion,
)
from dialer.testing.calls import InMemoryCallSteps
from dialer.testing.store_accounts import (
    InMemoryAccounts,
    InMemoryAccountSessions,
    InMemoryApiTokens,
    InMemoryRoles,
    InMemoryTeams,
)
from dialer.testing.store_calls import InMemoryAttempts, InMemoryLeads, Tables
from dialer.testing.store_desk import InMemoryCallbacks, InMemoryDesk, InMemoryNotes
from dialer.testing.store_dnc import InMemoryDnc
from dialer.testing.store_figures import InMemoryFigures
from dialer.testing.store_holders import InMemoryHolders
from dialer.testing.store_people import InMemoryPeople
from dialer.testing.store_phones import InMemoryIssuedPhones
from dialer.testing.store_steering import (
    InMemoryAlerts,
    InMemoryAssignments,
    InMemoryDeliveries,
    InMemoryMessages,
    InMemoryResults,
    InMemoryScheduleMarks,
    InMemorySettingsVersions,
)


class InMemoryStore:
    """Implements `dialer.ports.store.Store`. For tests, simulations and trying things out."""

    def __init__(self, people_key: bytes = b"of erased people") -> None:
        tables = Tables()
        self.audit = InMemoryAudit()
        self.campaigns = InMemoryCampaigns(tables, self.audit)
        self.leads = InMemoryLeads(tables)
        pseudonyms = Pseudonyms(people_key)
        self.dnc = InMemoryDnc(pseudonyms)
        self.people = InMemoryPeople(self, tables, pseudonyms)
        self.attempts = InMemoryAttempts(tables, self.dnc)
        self.agents = InMemoryAgents(tables)
        self.recordings = InMemoryRecordings(tables)
        self.accounts = InMemoryAccounts(self.audit)
        self.account_sessions = InMemoryAccountSessions(self.accounts)
        self.api_tokens = InMemoryApiTokens(self.accounts, self.audit)
        self.roles = InMemoryRoles(self.audit)
        self.teams = InMemoryTeams(self.accounts, tables.agents, self.audit)
        self.notes = InMemoryNotes(tables)
        self.callbacks = InMemoryCallbacks(tables)
        self.desk = InMemoryDesk(tables, self.notes, self.callbacks)
        self.call_steps = InMemoryCallSteps()
        self.figures = InMemoryFigures(tables, self.desk._times)
        self.settings_versions = InMemorySettingsVersions()
        self.assignments = InMemoryAssignments()
        self.messages = InMemoryMessages(self.audit)
        self.schedule_marks = InMemoryScheduleMarks()
        self.alerts = InMemoryAlerts()
        self.deliveries = InMemoryDeliveries()
        self.results = InMemoryResults(self.attempts)
        self.issued_phones = InMemoryIssuedPhones(self.account_sessions)
        self.holders = InMemoryHolders()

    async def ping(self) -> None:
        return None

    async def close(self) -> None:
        return None


class InMemoryCampaigns:
    def __init__(self, tables: Tables, audit: InMemoryAudit) -> None:
        self._rows = tables.campaigns
        self._versions: dict[str, list[SettingsVersion]] = {}
        self._audit = audit

    async def create(
        self, name: str, *, pool: str, settings: Mapping[str, Any], now: float, who: str
    ) -> Campaign:
        if await self.by_name(name):
            raise AlreadyExistsError(f"a campaign {name!r} exists already")
        campaign = Campaign(
            id=new_id(),
            name=name,
            pool=pool,
            state=CampaignState.STOPPED,
            settings=copy.deepcopy(dict(settings)),
            settings_version=1,
            created_at=now,
        )
        self._keep(campaign, now, who)
        await self._note(campaign, "create", who, at=now, after=campaign.settings)
        return campaign

    async def get(self, campaign_id: str) -> Campaign | None:
        return self._rows.get(campaign_id)

    async def by_name(self, name: str) -> Campaign | None:
        return next((row for row in self._rows.values() if row.name == name), None)

    async def list(self) -> Sequence[Campaign]:
        return list(self._rows.values())

    async def set_state(
        self, campaign_id: str, state: CampaignState, *, now: float, who: str
    ) -> Campaign:
        before = self._required(campaign_id)
        if before.state != state:
            self._rows[campaign_id] = replace(before, state=state)
            await self._note(before, "state", who, at=now, before=before.state, after=state)
        return self._rows[campaign_id]

    async def set_settings(
        self, campaign_id: str, settings: Mapping[str, Any], *, now: float, who: str
    ) -> Campaign:
        before = self._required(campaign_id)
        if before.settings == settings:
            return before
        after = replace(
            before,
            settings=copy.deepcopy(dict(settings)),
            settings_version=before.settings_version + 1,
        )
        self._keep(after, now, who)
        await self._note(
            after, "settings", who, at=now, before=before.settings, after=after.settings
        )
        return after

    async def versions(self, campaign_id: str) -> Sequence[SettingsVersion]:
        return self._versions.get(campaign_id, [])

    def _required(self, campaign_id: str) -> Campaign:
        if campaign_id not in self._rows:
            raise NotFoundError(f"no campaign {campaign_id}")
        return self._rows[campaign_id]

    def _keep(self, campaign: Campaign, now: float, who: str) -> None:
        self._rows[campaign.id] = campaign
        version = SettingsVersion(
            version=campaign.settings_version,
            settings=campaign.settings,
            changed_at=now,
            changed_by=who,
        )
        self._versions.setdefault(campaign.id, []).append(version)

    async def _note(self, campaign: Campaign, what: str, who: str, **fields: Any) -> None:
        await self._audit.record(
            AuditEntry(who=who, what=f"campaign.{what}", subject=campaign.id, **fields)
        )


class InMemoryAgents:
    def __init__(self, tables: Tables) -> None:
        self._rows = tables.agents
        self._sessions: dict[str, AgentSession] = {}

    async def add(self, agent: Agent) -> None:
        if agent.id in self._rows:
            raise AlreadyExistsError(f"a rep with the id {agent.id} exists already")
        await self._refuse_taken_name(agent)
        self._rows[agent.id] = agent

    async def update(self, agent: Agent) -> None:
        await self._refuse_taken_name(agent)
        if agent.id not in self._rows:
            raise NotFoundError(f"no rep {agent.id}")
        self._rows[agent.id] = agent

    async def get(self, agent_id: str) -> Agent | None:
        return self._rows.get(agent_id)

    async def by_name(self, name: str) -> Agent | None:
        return next((row for row in self._rows.values() if row.name == name), None)

    async def list(self, *, pool: str | None = None) -> Sequence[Agent]:
        rows = [row for row in self._rows.values() if pool in {None, row.pool}]
        return sorted(rows, key=lambda row: row.name)

    async def save_session(self, session: AgentSession) -> None:
        if session.agent_id not in self._rows:
            raise NotFoundError(f"no rep {session.agent_id}")
        self._sessions[session.agent_id] = session

    async def end_session(self, agent_id: str) -> bool:
        return self._sessions.pop(agent_id, None) is not None

    async def sessions(self, *, pool: str | None = None) -> Sequence[AgentSession]:
        rows = [row for row in self._sessions.values() if pool in {None, row.pool}]
        return sorted(rows, key=lambda row: row.agent_id)

    async def _refuse_taken_name(self, agent: Agent) -> None:
        holder = await self.by_name(agent.name)
        if holder is not None and holder.id != agent.id:
            raise AlreadyExistsError(f"a rep {agent.name!r} exists already")


class InMemoryRecordings:
    def __init__(self, tables: Tables) -> None:
        self.rows: dict[str, Recording] = {}
        self._tables = tables

    async def add(self, *recordings: Recording) -> frozenset[str]:
        there = {it.id: self.rows[it.id] for it in recordings if it.id in self.rows}
        deleted = {it.id for it in there.values() if it.state is RecordingState.DELETED}
        self.rows.update({it.id: it for it in recordings if it.id not in deleted})
        return frozenset(deleted)

    async def update(self, recording: Recording) -> None:
        if recording.id not in self.rows:
            raise NotFoundError(f"no recording {recording.id}")
        self.rows[recording.id] = recording

    async def get(self, recording_id: str) -> Recording | None:
        return self.rows.get(recording_id)

    async def of_attempt(self, attempt_id: str) -> Sequence[Recording]:
        return [row for row in self._sorted() if row.attempt_id == attempt_id]

    async def in_state(self, state: RecordingState, *, limit: int) -> Sequence[Recording]:
        return [row for row in self._sorted() if row.state == state][:limit]

    async def page(self, query: RecordingQuery) -> Sequence[RecordedCall]:
        calls = [self._call(row) for row in reversed(self._sorted())]
        return [it for it in calls if it is not None and query.takes(it)][: query.limit]

    async def call(self, recording_id: str) -> RecordedCall | None:
        row = self.rows.get(recording_id)
        return None if row is None else self._call(row)

    def _call(self, row: Recording) -> RecordedCall | None:
        call = self._tables.calls.get(row.attempt_id)
        if call is None:
            return None
        campaign, closed = self._tables.campaigns[call.new.campaign_id], call.closed
        return RecordedCall(
            recording=row,
            campaign=campaign.name,
            pool=campaign.pool,
            agent=closed.agent if closed else None,
            number=call.new.number,
            placed_at=call.new.placed_at,
            talk_seconds=closed.talk_seconds if closed else None,
            disposition=call.disposition,
        )

    def _sorted(self) -> Sequence[Recording]:
        return sorted(self.rows.values(), key=lambda row: row.id)


class InMemoryAudit:
    def __init__(self) -> None:
        self.rows: list[AuditRow] = []

    async def record(self, entry: AuditEntry) -> None:
        self.rows.append(AuditRow(id=new_id(), entry=copy.deepcopy(entry)))

    async def list(self, *, subject: str | None = None, limit: int = 100) -> Sequence[AuditEntry]:
        rows = await self.page(AuditQuery(subject=subject, limit=limit))
        return [row.entry for row in rows]

    async def page(self, query: AuditQuery) -> Sequence[AuditRow]:
        return [row for row in reversed(self.rows) if query.takes(row)][: query.limit]
