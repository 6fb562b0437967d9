"""Who reads a saved report, who changes it, and what the rules ask of the running program."""

from __future__ import annotations

from collections.abc import Sequence

from dialer.features.report_views import rules
from dialer.features.report_views.records import Readers, ReportView
from dialer.kit.auth import Caller
from dialer.kit.context import ApiContext
from dialer.kit.errors import forbidden
from dialer.kit.faults import Fault
from dialer.kit.grants import Grant
from dialer.kit.scope import EVERYTHING, Reach
from dialer.ports.store import Store
from dialer.words import Scope
from dialer.zonedata import local_time

#: With it also others' are changed, as far as they are shared.
MANAGE = "report_views.manage"


async def check(context: ApiContext, record: ReportView) -> Sequence[Fault]:
    return list(rules.faults(record, local_time(context.clock.now()).date()))


async def readers(caller: Caller) -> Reach:
    """Whose saved reports the caller sees, as teams are now."""
    return await readers_of(caller.context.store, caller.grant)


async def readers_of(store: Store, grant: Grant) -> Reach:
    """The machine's own token sees all."""
    if grant.account is None:
        return EVERYTHING
    every_team = grant.scope is Scope.ALL and grant.may(MANAGE)
    mates = await _mates(store, grant.account)
    return Readers(who=grant.who, mates=mates, every_team=every_team)


def allow(caller: Caller, record: ReportView) -> None:
    """Raises Refused for another's."""
    grant = caller.grant
    if record.created_by != grant.who and not grant.may(MANAGE):
        who = record.created_by
        raise forbidden("view-of-another", f"this report is {who}'s: save it as your own", who=who)


async def _mates(store: Store, account: str) -> frozenset[str]:
    members = await store.teams.members()
    own = {it.team_id for it in members if it.account_id == account}
    mates = {it.account_id for it in members if it.team_id in own}
    return frozenset(it.name for it in await store.accounts.list() if it.id in mates)
