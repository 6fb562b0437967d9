"""The store over a database."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Connection, update

from dialer.ports.kept import Kept
from dialer.ports.people import Pseudonyms
from dialer.store.accounts import SqlAccounts, SqlAccountSessions, SqlApiTokens
from dialer.store.agents import SqlAgents
from dialer.store.alerting import SqlAlerts, SqlDeliveries
from dialer.store.attempts import SqlAttempts
from dialer.store.audit import SqlAudit
from dialer.store.call_steps import SqlCallSteps
from dialer.store.callbacks import SqlCallbacks
from dialer.store.campaigns import SqlCampaigns
from dialer.store.database import Database, open_database
from dialer.store.desk import SqlDesk, SqlNotes
from dialer.store.dnc import SqlDnc
from dialer.store.facts import SqlFacts
from dialer.store.figures import SqlFigures
from dialer.store.holders import SqlHolders
from dialer.store.journal import SqlJournal, adopt
from dialer.store.lead_imports import SqlLeadImports
from dialer.store.lead_lists import SqlLeadLists
from dialer.store.leads import SqlLeads
from dialer.store.messages import SqlMessages
from dialer.store.migrate import upgrade
from dialer.store.past_calls import SqlPastCalls
from dialer.store.people import SqlPeople
from dialer.store.phones import SqlIssuedPhones
from dialer.store.recordings import SqlRecordings
from dialer.store.steering import (
    SqlAssignments,
    SqlResults,
    SqlScheduleMarks,
    SqlSettingsVersions,
)
from dialer.store.tables import holders
from dialer.store.teams import SqlRoles, SqlTeams
from dialer.store.upsert import insert_new

T = TypeVar("T")
#: The row that `ping` writes.
PULSE = "pulse"


class SqlStore:
    """Implements `dialer.ports.store.Store`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms | None = None) -> None:
        self._database = database
        self.campaigns = SqlCampaigns(database)
        self.leads = SqlLeads(database)
        self.lead_lists = SqlLeadLists(database)
        self.lead_imports = SqlLeadImports(database)
        self.attempts = SqlAttempts(database)
        self.past_calls = SqlPastCalls(database)
        self.agents = SqlAgents(database)
        self.dnc = SqlDnc(database, pseudonyms)
        self.people = SqlPeople(database, pseudonyms)
        self.recordings = SqlRecordings(database)
        self.audit = SqlAudit(database)
        self.accounts = SqlAccounts(database)
        self.account_sessions = SqlAccountSessions(database)
        self.api_tokens = SqlApiTokens(database)
        self.roles = SqlRoles(database)
        self.teams = SqlTeams(database)
        self.notes = SqlNotes(database)
        self.callbacks = SqlCallbacks(database)
        self.desk = SqlDesk(database)
        self.call_steps = SqlCallSteps(database)
        self.figures = SqlFigures(database)
        self.settings_versions = SqlSettingsVersions(database)
        self.assignments = SqlAssignments(database)
        self.messages = SqlMessages(database)
        self.schedule_marks = SqlScheduleMarks(database)
        self.alerts = SqlAlerts(database)
        self.deliveries = SqlDeliveries(database)
        self.results = SqlResults(database)
        self.issued_phones = SqlIssuedPhones(database)
        self.holders = SqlHolders(database)
        self.journal = SqlJournal(database)
        self.facts = SqlFacts(database)
        self._kept: dict[Kept[Any], Any] = {}

    def kept(self, part: Kept[T]) -> T:
        if part not in self._kept:
            self._kept[part] = part.over(self._database)
        made: T = self._kept[part]
        return made

    async def ping(self) -> None:
        await self._database.write(_ping)

    async def close(self) -> None:
        await self._database.close()


async def open_store(
    url: str, *, migrate: bool = True, people_key: bytes | None = None
) -> SqlStore:
    """Open the store at `url`, with the tables this version needs. Raises StoreError.

    `people_key`: by which erased numbers are known again; None: for what has no people in it.
    `url` is `sqlite:///file`, `postgresql://user:password@host/name` or a file name.
    """
    database = open_database(url)
    if migrate:
        try:
            await upgrade(database)
            await database.write(adopt)
        except BaseException:
            await database.close()
            raise
    return SqlStore(database, None if people_key is None else Pseudonyms(people_key))


def _ping(conn: Connection) -> None:
    """A write: a full disk goes on answering whatever is only read."""
    pulse = update(holders).where(holders.c.name == PULSE).values(beat=holders.c.beat + 1)
    if not conn.execute(pulse).rowcount:
        insert_new(conn, holders, {"name": PULSE, "token": "", "holder": "", "beat": 0})
