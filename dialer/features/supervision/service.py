"""Who may listen to whom, and goes on being allowed to."""

from __future__ import annotations

from functools import partial
from typing import Any

from dialer.engine.listening import Listening, Session, Wish
from dialer.features.agents.public import service as agents
from dialer.features.phones.public import listener_endpoint
from dialer.features.roles.public import grant_of, role_named
from dialer.features.supervision.parts import LISTENING
from dialer.features.supervision.schemas import Listen
from dialer.kit import sessions
from dialer.kit.auth import Caller
from dialer.kit.context import ApiContext
from dialer.kit.errors import conflict, forbidden, not_found, unless
from dialer.kit.scope import OfAgent, reach_of, seen
from dialer.ports.accounts import Account
from dialer.ports.control import Refusal
from dialer.words import ListenMode

PERMISSION = "calls.listen"


async def begin(caller: Caller, body: Listen) -> Session:
    """Call the caller's phone, and have it hear the rep. Raises Refused, StoreError."""
    listening, account = _listening(caller), _person(caller)
    rep = await agents.known(caller.context.store, body.agent, await caller.scope())
    session = caller.session.id if caller.session is not None else ""
    wish = Wish(
        who=caller.grant.who,
        account=account.id,
        session=session,
        agent=rep.id,
        mode=body.mode,
        why=body.why,
        endpoint=listener_endpoint(account.id),
        may=partial(_still_may, caller.context, account.id, session, rep.id),
    )
    begun = await listening.begin(wish)
    if isinstance(begun, Refusal):
        raise conflict(begun.slug, begun.message)
    return begun


def change(caller: Caller, session: str, mode: ListenMode) -> Session:
    """Raises Refused: 404 also for somebody else's."""
    found = own(caller, session)
    unless(_listening(caller).change(found, mode))
    return found


def take_over(caller: Caller, session: str) -> Session:
    """The rep leaves the conversation, the caller goes on with the callee. Raises Refused."""
    found = own(caller, session)
    unless(_listening(caller).change(found, "take-over"))
    return found


def end(caller: Caller, session: str) -> None:
    """Raises Refused."""
    _listening(caller).end(own(caller, session))


def own(caller: Caller, session: str) -> Session:
    found = _listening(caller).find(session)
    if found is None or found.wish.account != _person(caller).id:
        raise not_found("supervision", session)
    return found


async def shown(caller: Caller) -> list[dict[str, Any]]:
    """Who listens to whom, of the reps in reach."""
    listening = LISTENING.of(caller.context)
    if listening is None:
        return []
    found = seen(listening.sessions(), await caller.reach(), lambda it: OfAgent(it.wish.agent))
    return [plain(caller, session) for session in found]


def plain(caller: Caller, session: Session) -> dict[str, Any]:
    wish = session.wish
    return {
        "id": session.id,
        "who": wish.who,
        "agent": wish.agent,
        "mode": session.mode,
        "state": session.state,
        "attempt": session.attempt or None,
        "began_at": session.began_at,
        "why": wish.why,
        "is_own": caller.account is not None and caller.account.id == wish.account,
    }


def _listening(caller: Caller) -> Listening:
    listening = LISTENING.of(caller.context)
    if listening is None:
        raise conflict("no-listening", "there is no switch here to listen in on")
    return listening


def _person(caller: Caller) -> Account:
    """It is an account's own phone that listens; the machine's token has none."""
    if caller.account is None:
        raise forbidden("session-needed", "listening in is for who has an account")
    return caller.account


async def _still_may(context: ApiContext, account_id: str, session: str, agent: str) -> bool:
    """Rights and teams are as they are now, not as they were when it began."""
    store, now = context.store, context.clock.now()
    account = await store.accounts.get(account_id)
    if account is None or not account.enabled:
        return False
    if session:
        open_ones = await store.account_sessions.of_account(account_id)
        if not any(it.id == session and sessions.is_live(it, now) for it in open_ones):
            return False
    grant = grant_of(account, await role_named(store, account.role))
    if not grant.may(PERMISSION):
        return False
    scope = reach_of(grant, await store.teams.standing(account_id))
    return await store.agents.known(agent, scope) is not None
