"""Reps: list, add, and everything a rep does at work."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.agents import service
from dialer.features.agents.meant import Meant, OfCall, other_call
from dialer.features.agents.parts import PHONES_CHANGED
from dialer.features.agents.schemas import (
    AddedAgent,
    Agent,
    AgentChange,
    AgentList,
    AgentPhone,
    Correction,
    Finish,
    NewAgent,
    Pause,
)
from dialer.ids import id_of_key, new_id
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.context import ApiContext, Context
from dialer.kit.errors import bad_request, not_found, unless
from dialer.kit.problems import responses
from dialer.kit.rights import rights_changed
from dialer.kit.scope import whole
from dialer.ports.control import Refusal
from dialer.ports.desk import NO_DISPOSITION, Note
from dialer.ports.store import Agent as Rep
from dialer.ports.store import Said
from dialer.words import AgentOrder

router = APIRouter(prefix="/agents", tags=["agents"])
_Reader = Annotated[Caller, Needs("agents.read")]
_Steerer = Annotated[Caller, Needs("agents.steer")]
#: A floor has thousands a day, and the call's own record tells of them.
_NOT_NOTED = {"finish", "hint", "preview.dial", "preview.skip"}
_SHOWN_BY: dict[str, AgentOrder] = {
    "ready": "ready", "pause": "pause", "logout": "logout",
}  # fmt: skip
STEERED = {200: {"model": Agent}, **responses(404, 409)}


@router.get("", summary="All reps", responses={200: {"model": AgentList}})
async def list_agents(context: Context, caller: _Reader, pool: str | None = None) -> Response:
    found = await service.describe_all(
        context.store, await caller.scope(), pool=pool, control=context.control
    )
    return json_answer({"agents": found})


@router.post(
    "",
    summary="Add a rep",
    status_code=201,
    responses={201: {"model": AddedAgent}, **responses(409, 422)},
)
async def add_agent(
    new: NewAgent, context: Context, caller: Annotated[Caller, Needs("agents.manage")]
) -> Response:
    """The answer holds the account with which the phone registers."""
    await caller.needs_pool(new.pool)
    endpoint = new.endpoint or new.code
    if await service.is_others_phone(context.store, endpoint, await caller.scope()):
        raise bad_request("invalid-endpoint", f"endpoint {endpoint!r} is taken: choose another")
    settings = context.settings()
    agent = await service.add(context.store, settings, service.NewRep(**new.model_dump()))
    await caller.note("agent.add", agent.id, after=new.model_dump())
    rights_changed(caller.context)
    notice = await PHONES_CHANGED.of(context)()
    account = service.phone_account(settings, settings.state_dir, agent)
    answer = {**service.describe(agent, None), "account": account, "notice": notice}
    return json_answer(answer, 201)


@router.get("/{agent}", summary="One rep", responses={200: {"model": Agent}, **responses(404)})
async def get_agent(agent: str, caller: _Reader) -> Response:
    return _shown(caller, await known_rep(caller, agent))


@router.patch(
    "/{agent}",
    summary="Change or disable a rep",
    responses={200: {"model": AddedAgent}, **responses(404, 409)},
)
async def change_agent(
    agent: str, body: AgentChange, caller: Annotated[Caller, Needs("agents.manage")]
) -> Response:
    """Name, skills, language, phone. A rep at work has it from the next start of work on; one who
    is disabled leaves the floor, in mid-call after it.
    """
    context, rep = caller.context, await known_rep(caller, agent)
    settings = context.settings()
    given = body.model_dump(exclude_unset=True)
    changed, is_other = await service.change(caller.doer, settings, rep.id, given)
    live = context.control.agent(rep.id)
    if not changed.enabled and live is not None and live.state != "out":
        unless(await context.control.agent_logout(rep.id))
    rights_changed(context)
    notice = await PHONES_CHANGED.of(context)() if {"phone", "contact"} & given.keys() else None
    account = service.phone_account(settings, settings.state_dir, changed) if is_other else {}
    live = context.control.agent(rep.id)
    return json_answer({**service.describe(changed, live), "account": account, "notice": notice})


@router.get(
    "/{agent}/phone",
    summary="The kind of a rep's phone",
    responses={200: {"model": AgentPhone}, **responses(404)},
)
async def get_phone(agent: str, caller: Annotated[Caller, Needs("agents.manage")]) -> Response:
    """Never its password: who has a rep's phone has the rep's calls."""
    rep = await known_rep(caller, agent)
    return json_answer(await service.with_phone(caller.context.settings(), rep))


@router.post("/{agent}/login", summary="Log in", responses=STEERED)
async def login(agent: str, caller: _Steerer) -> Response:
    """The rep's phone is called and held; the rep is paused until ready."""
    rep = await known_rep(caller, agent)
    return await steered(caller, rep, "login", caller.context.control.agent_login(rep.id))


@router.post("/{agent}/ready", summary="Ready for calls", responses=STEERED)
async def ready(agent: str, caller: _Steerer) -> Response:
    rep = await known_rep(caller, agent)
    return await steered(caller, rep, "ready", caller.context.control.agent_ready(rep.id))


@router.post("/{agent}/pause", summary="Pause", responses=STEERED)
async def pause(agent: str, caller: _Steerer, body: Pause | None = None) -> Response:
    """In mid-call: after it."""
    reason = body.reason if body is not None else ""
    rep = await known_rep(caller, agent)
    order = caller.context.control.agent_pause(rep.id, reason)
    return await steered(caller, rep, "pause", order, reason)


@router.post("/{agent}/logout", summary="Log out", responses=STEERED)
async def logout(agent: str, caller: _Steerer) -> Response:
    """In mid-call: after it."""
    rep = await known_rep(caller, agent)
    return await steered(caller, rep, "logout", caller.context.control.agent_logout(rep.id))


@router.post(
    "/{agent}/hangup", summary="End the conversation", responses=STEERED, dependencies=[OfCall]
)
async def hangup(agent: str, caller: _Steerer) -> Response:
    """The callee is hung up; the rep's phone stays on the line."""
    rep = await known_rep(caller, agent)
    return await steered(caller, rep, "hangup", caller.context.control.agent_hangup(rep.id))


@router.post("/{agent}/finish", summary="Finish wrap-up", responses=STEERED)
async def finish(
    agent: str, caller: _Steerer, body: Finish | None = None, attempt: Meant = None
) -> Response:
    """With a disposition, if there is one; ready afterwards, or paused. Said again of a call that
    has its result (`attempt`), it changes nothing, and is no error.
    """
    said = body or Finish()
    rep = await known_rep(caller, agent)
    desk = caller.context.control.desk(rep.id)
    if attempt is not None and (desk is None or desk.attempt != attempt):
        return await _finished(caller, rep, said, attempt)
    at = said.call_back_at.timestamp() if said.call_back_at else None
    if at is not None and desk is not None:
        in_time(caller.context, desk.campaign, at)
    order = caller.context.control.agent_finish(
        rep.id, said.disposition, said.then_pause, at, said.call_back_owner
    )
    answer = await steered(caller, rep, "finish", order)
    if said.note and desk is not None:
        await keep_note(caller, rep, desk.lead, desk.attempt, said)
    return answer


@whole("a call of the rep, which is looked at next")
async def _finished(caller: Caller, rep: Rep, said: Finish, attempt: str) -> Response:
    """The wrap-up that is meant is over, lately or days ago: the note is kept all the same, a
    result that was never said still counts, and what was said already stands.
    """
    control = caller.context.control
    record = await caller.context.store.attempts.get(attempt)
    if record is None or record.agent != rep.id:
        raise other_call()
    if said.note:
        await keep_note(caller, rep, record.lead_id, attempt, said)
    if said.disposition in {None, record.disposition}:
        return _shown(caller, rep)
    if record.disposition not in {None, NO_DISPOSITION}:
        raise other_call()
    at = said.call_back_at.timestamp() if said.call_back_at else None
    if at is not None:
        in_time(caller.context, record.campaign, at)
    unless(
        await control.agent_complete(
            rep.id, attempt, said.disposition or "", at, said.call_back_owner
        )
    )
    if caller.grant.agent != rep.id:
        after = {"attempt": attempt, "disposition": said.disposition}
        await caller.note("agent.result", rep.id, after=after)
    return _shown(caller, rep)


@router.put(
    "/{agent}/calls/{attempt}/result",
    summary="Add or change what came of a call",
    responses=STEERED,
)
async def correct(agent: str, attempt: str, body: Correction, caller: _Steerer) -> Response:
    """By the rep within the campaign's `result_change_minutes`, by whoever steers the rep later,
    too. Said twice it is the same. Each change is in the audit log.
    """
    rep = await known_rep(caller, agent)
    record = await caller.context.store.attempts.known(attempt, await caller.scope())
    if record is None or record.agent != rep.id:
        raise not_found("call", attempt)
    at = body.call_back_at.timestamp() if body.call_back_at else None
    if at is not None:
        in_time(caller.context, record.campaign, at)
    is_own, because = caller.grant.agent == rep.id, body.because.strip()
    if not is_own and not because and record.disposition != body.disposition:
        raise bad_request("reason-missing", "say why the result is another one")
    said = Said(rep.id if is_own else caller.grant.who, because)
    unless(
        await caller.context.control.agent_correct(
            rep.id, attempt, body.disposition, at, body.call_back_owner,
            was=body.was, at_any_time=not is_own, by=said,
        )
    )  # fmt: skip
    if body.note:
        await keep_note(caller, rep, record.lead_id, attempt, body)
    if record.disposition != body.disposition:
        before, after = {"disposition": record.disposition}, {"disposition": body.disposition}
        await caller.note(
            "agent.result",
            rep.id,
            before=before,
            after={"attempt": attempt, **after} | ({"because": because} if because else {}),
        )
    return _shown(caller, rep)


@router.post(
    "/{agent}/hint", summary="The call is about to end", responses=STEERED, dependencies=[OfCall]
)
async def hint(agent: str, caller: _Steerer) -> Response:
    """Pacing may place the next call a little earlier."""
    rep = await known_rep(caller, agent)
    order = caller.context.control.agent_hint_finishing(rep.id)
    return await steered(caller, rep, "hint", order)


async def known_rep(caller: Caller, word: str) -> Rep:
    """A rep by code or name. Raises Refused, also for one of another team."""
    return await service.known(caller.context.store, word, await caller.scope())


async def keep_note(
    caller: Caller, rep: Rep, lead: str, attempt: str, said: Finish | Correction
) -> None:
    """What a rep writes down of a call."""
    note = Note(
        id=note_id(rep, said.note_key),
        lead_id=lead,
        attempt_id=attempt,
        at=caller.context.clock.now(),
        who=rep.id if caller.grant.agent in {rep.id, None} else caller.grant.who,
        text=said.note,
    )
    await caller.context.store.notes.add(note)


def note_id(rep: Rep, key: str | None) -> str:
    """The id of a note of this rep: one for each key."""
    return new_id() if key is None else id_of_key(rep.id, key)


def in_time(context: ApiContext, campaign: str, at: float) -> None:
    """Raises Refused for a callback that is over or too far ahead."""
    described = context.settings().campaign.get(campaign)
    days = described.callback_max_days if described is not None else 90
    now = context.clock.now()
    if at < now - 60.0:
        raise bad_request("call-back-is-over", "the time to call back is in the past")
    if at > now + days * 86_400:
        raise bad_request("call-back-too-far", f"callbacks are at most {days} days ahead")


async def steered(
    caller: Caller, rep: Rep, what: str, order: Awaitable[Refusal | None], reason: str = ""
) -> Response:
    unless(await order)
    if what in _SHOWN_BY:
        is_own = caller.grant.agent == rep.id
        caller.context.control.ordered(rep.id, _SHOWN_BY[what], "" if is_own else caller.grant.who)
    if what not in _NOT_NOTED and caller.grant.agent != rep.id:
        await caller.note(f"agent.{what}", rep.id, after={"reason": reason} if reason else None)
    return _shown(caller, rep)


def _shown(caller: Caller, rep: Rep) -> Response:
    live = caller.context.control.agent(rep.id)
    return json_answer(service.describe(rep, live))
