"""What the rules ask of the running program, and who may be sent a report."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from dialer.features.report_schedules import rules
from dialer.features.report_schedules.records import ReportSchedule
from dialer.features.report_views.public import MANAGE, REPORT_VIEWS
from dialer.features.roles.public import grant_of, role_named
from dialer.kit.auth import Caller
from dialer.kit.context import ApiContext
from dialer.kit.errors import forbidden
from dialer.kit.faults import Fault
from dialer.kit.grants import Grant
from dialer.ports.accounts import Account
from dialer.ports.scope import everything
from dialer.ports.store import Store
from dialer.words import Scope

READS = "figures.read"


class Recipient(Struct, frozen=True):
    """Somebody whom a report can be sent to. `has_address`: mail reaches them."""

    name: str
    full_name: str
    has_address: bool


class Recipients(Struct, frozen=True):
    """Whom a report can be sent to. `mail_is_on`: what is due goes out; else it waits."""

    mail_is_on: bool
    recipients: list[Recipient]


async def check(context: ApiContext, record: ReportSchedule) -> Sequence[Fault]:
    people = {it.name for it in await context.store.accounts.list()}
    found = list(rules.faults(record, people))
    scope = everything("whether there is such a report says nothing of it")
    if await context.store.kept(REPORT_VIEWS).get(record.view, scope) is None:
        detail = f"there is no saved report {record.view!r}"
        found.append(Fault("view", "no-such-record", {}, detail))
    return found


def allow(caller: Caller, record: ReportSchedule) -> None:
    """Raises Refused for another's."""
    grant = caller.grant
    if record.created_by != grant.who and not grant.may(MANAGE):
        who = record.created_by
        raise forbidden("schedule-of-another", f"it is {who} who has this report sent", who=who)


async def grant_now(store: Store, account: Account) -> Grant:
    """What an account may do at this moment: nothing when it is disabled."""
    role = await role_named(store, account.role) if account.enabled else None
    return grant_of(account, role)


async def recipients(caller: Caller) -> Recipients:
    """Whoever may see reports, of those whom the caller's scope holds."""
    store, grant = caller.context.store, caller.grant
    teams = {it.account_id: it.team_id for it in await store.teams.members()}
    found = [
        Recipient(it.name, it.full_name, bool(it.email))
        for it in await store.accounts.list()
        if _is_near(grant, it, teams) and (await grant_now(store, it)).may(READS)
    ]
    return Recipients(caller.context.settings().mail.on, found)


def _is_near(grant: Grant, account: Account, teams: dict[str, str]) -> bool:
    if grant.scope is Scope.ALL or grant.account == account.id:
        return True
    mine = teams.get(grant.account or "")
    return grant.scope is not Scope.OWN and mine is not None and teams.get(account.id) == mine
