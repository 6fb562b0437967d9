"""The store in memory: the same answers as the databases give, held to it by one contract suite."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from dialer.ids import new_id
from dialer.memory.accounts import (
    InMemoryAccounts,
    InMemoryAccountSessions,
    InMemoryApiTokens,
    InMemoryRoles,
    InMemoryTeams,
)
from dialer.memory.attempts import InMemoryAttempts
from dialer.memory.audit import InMemoryAudit
from dialer.memory.calls import InMemoryCallSteps
from dialer.memory.desk import InMemoryCallbacks, InMemoryDesk, InMemoryNotes
from dialer.memory.dnc import InMemoryDnc
from dialer.memory.figures import InMemoryFigures
from dialer.memory.holders import InMemoryHolders
from dialer.memory.journal import InMemoryJournal
from dialer.memory.leads import InMemoryLeads
from dialer.memory.lists import InMemoryLeadImports, InMemoryLeadLists
from dialer.memory.people import InMemoryPeople
from dialer.memory.phones import InMemoryIssuedPhones
from dialer.memory.recordings import InMemoryRecordings
from dialer.memory.scope import of_campaign
from dialer.memory.steering import (
    InMemoryAlerts,
    InMemoryAssignments,
    InMemoryDeliveries,
    InMemoryMessages,
    InMemoryResults,
    InMemoryScheduleMarks,
    InMemorySettingsVersions,
)
from dialer.memory.tables import Tables
from dialer.ports.journal import CampaignCreated, CampaignMoved, Happened
from dialer.ports.kept import Kept
from dialer.ports.people import Pseudonyms
from dialer.ports.scope import OfAgent, Reach, is_seen, seen
from dialer.ports.store import (
    Agent,
    AgentSession,
    AlreadyExistsError,
    AuditEntry,
    Campaign,
    NotFoundError,
)
from dialer.words import CampaignState

T = TypeVar("T")


class InMemoryStore:
    """Implements `dialer.ports.store.Store`. For tests, simulations and trying things out."""

    def __init__(self, people_key: bytes = b"of erased people") -> None:
        tables = Tables()
        self.audit = InMemoryAudit()
        self.campaigns = InMemoryCampaigns(tables, self.audit)
        self.leads = InMemoryLeads(tables)
        self.lead_imports = InMemoryLeadImports(tables)
        pseudonyms = Pseudonyms(people_key)
        self.dnc = InMemoryDnc(pseudonyms, tables.journal)
        self.people = InMemoryPeople(self, tables, pseudonyms)
        self.attempts = InMemoryAttempts(tables, self.dnc)
        self.agents = InMemoryAgents(tables)
        self.accounts = InMemoryAccounts(self.audit)
        self.account_sessions = InMemoryAccountSessions(self.accounts)
        self.api_tokens = InMemoryApiTokens(self.accounts, self.audit)
        self.roles = InMemoryRoles(self.audit)
        self.teams = InMemoryTeams(self.accounts, tables.agents, self.audit)
        self.notes = InMemoryNotes(tables)
        self.recordings = InMemoryRecordings(tables, self.notes)
        self.past_calls = self.recordings.calls
        self.lead_lists = InMemoryLeadLists(tables, self.notes)
        self.callbacks = InMemoryCallbacks(tables)
        self.desk = InMemoryDesk(tables, self.notes, self.callbacks)
        self.call_steps = InMemoryCallSteps()
        self.figures = InMemoryFigures(tables, self.desk._times)
        self.settings_versions = InMemorySettingsVersions(tables.journal)
        self.assignments = InMemoryAssignments()
        self.messages = InMemoryMessages(self.audit)
        self.schedule_marks = InMemoryScheduleMarks()
        self.alerts = InMemoryAlerts(tables.journal)
        self.deliveries = InMemoryDeliveries()
        self.results = InMemoryResults(self.attempts)
        self.issued_phones = InMemoryIssuedPhones(self.account_sessions)
        self.holders = InMemoryHolders()
        self.journal = InMemoryJournal(tables.journal, self)
        self._kept: dict[Kept[Any], Any] = {}

    def kept(self, part: Kept[T]) -> T:
        if part not in self._kept:
            self._kept[part] = part.in_memory(self.audit)
        made: T = self._kept[part]
        return made

    async def ping(self) -> None:
        return None

    async def close(self) -> None:
        return None


class InMemoryCampaigns:
    def __init__(self, tables: Tables, audit: InMemoryAudit) -> None:
        self.rows = tables.campaigns
        self._journal = tables.journal
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
        self.rows[campaign.id] = campaign
        await self._note(campaign, "create", who, at=now, after=campaign.settings)
        self._journal.append([Happened(now, campaign.id, CampaignCreated())])
        return campaign

    async def get(self, campaign_id: str) -> Campaign | None:
        return self.rows.get(campaign_id)

    async def by_name(self, name: str) -> Campaign | None:
        return next((row for row in self.rows.values() if row.name == name), None)

    async def known(self, name: str, scope: Reach) -> Campaign | None:
        found = await self.by_name(name)
        return found if found and is_seen(of_campaign(found), scope) else None

    async def list(self, scope: Reach) -> Sequence[Campaign]:
        return seen(self.rows.values(), scope, of_campaign)

    async def set_state(
        self, campaign_id: str, state: CampaignState, *, now: float, who: str
    ) -> Campaign:
        before = self._required(campaign_id)
        if before.state != state:
            self.rows[campaign_id] = replace(before, state=state)
            await self._note(before, "state", who, at=now, before=before.state, after=state)
            event = CampaignMoved(state=state.value, audit=self._audit.rows[-1].id)
            self._journal.append([Happened(now, campaign_id, event)])
        return self.rows[campaign_id]

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
        self.rows[after.id] = after
        await self._note(
            after, "settings", who, at=now, before=before.settings, after=after.settings
        )
        return after

    def _required(self, campaign_id: str) -> Campaign:
        if campaign_id not in self.rows:
            raise NotFoundError(f"no campaign {campaign_id}")
        return self.rows[campaign_id]

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

    async def known(self, word: str, scope: Reach) -> Agent | None:
        found = [await self.get(word), await self.by_name(word)]
        theirs = seen([it for it in found if it], scope, lambda it: OfAgent(it.id))
        return theirs[0] if theirs else None

    async def list(self, scope: Reach, *, pool: str | None = None) -> Sequence[Agent]:
        rows = seen(self._rows.values(), scope, lambda it: OfAgent(it.id))
        rows = [row for row in rows if pool in {None, row.pool}]
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
