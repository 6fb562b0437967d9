"""What reps do with a conversation under way."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, Response
from msgspec.structs import replace

from dialer.features.agents.public import Agent, OfCall
from dialer.features.agents.public import service as agents
from dialer.features.calls.parts import CALLS
from dialer.features.calls.schemas import (
    CallSteps,
    Keys,
    Pickup,
    RecordingWish,
    Transfer,
    TransferTargets,
)
from dialer.kit.answers import json_answer, masked
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import conflict, not_found, unless
from dialer.kit.problems import responses
from dialer.kit.scope import OfPool, everything, is_seen, whole
from dialer.kit.shapes import record
from dialer.ports.calls import CallControl, TransferTo
from dialer.ports.control import ParkedCalls, Refusal
from dialer.ports.store import Agent as Rep
from dialer.words import ConsultWish

router = APIRouter(tags=["calls"])
_Steerer = Annotated[Caller, Needs("agents.steer")]
_STEERED = {200: {"model": Agent}, **responses(404, 409)}
ANY_NUMBER = "calls.transfer"


@router.post(
    "/agents/{agent}/hold",
    summary="Put the callee on hold",
    responses=_STEERED,
    dependencies=[OfCall],
)
async def hold(agent: str, caller: _Steerer) -> Response:
    """The callee hears a tone; the rep stays `talking`, with the activity `hold`."""
    rep = await _known(caller, agent)
    return await _done(caller, rep, "hold", _calls(caller).hold(rep.id))


@router.post(
    "/agents/{agent}/resume",
    summary="Back to the callee on hold",
    responses=_STEERED,
    dependencies=[OfCall],
)
async def resume(agent: str, caller: _Steerer) -> Response:
    rep = await _known(caller, agent)
    return await _done(caller, rep, "resume", _calls(caller).resume(rep.id))


@router.post(
    "/agents/{agent}/park", summary="Park the call", responses=_STEERED, dependencies=[OfCall]
)
async def park(agent: str, caller: _Steerer) -> Response:
    """The callee waits with a tone for any rep of the pool; this one is free again."""
    rep = await _known(caller, agent)
    return await _done(caller, rep, "park", _calls(caller).park(rep.id))


@router.post("/agents/{agent}/pickup", summary="Take a parked call", responses=_STEERED)
async def pickup(agent: str, body: Pickup, caller: _Steerer) -> Response:
    rep = await _known(caller, agent)
    order = _calls(caller).pick_up(rep.id, body.attempt)
    return await _done(caller, rep, "pickup", order, {"attempt": body.attempt})


@router.post(
    "/agents/{agent}/dtmf", summary="Press keys", responses=_STEERED, dependencies=[OfCall]
)
async def dtmf(agent: str, body: Keys, caller: _Steerer) -> Response:
    """Keypad tones for whom the rep talks to. They are written down nowhere."""
    rep = await _known(caller, agent)
    return await _done(caller, rep, "dtmf", _calls(caller).press_keys(rep.id, body.digits))


@router.post(
    "/agents/{agent}/recording",
    summary="Pause the recording",
    responses=_STEERED,
    dependencies=[OfCall],
)
async def recording(agent: str, body: RecordingWish, caller: _Steerer) -> Response:
    """For card numbers and the like: neither side is heard in that part. It goes on by itself when
    the call goes to another rep.
    """
    rep = await _known(caller, agent)
    attempt = _shown(caller, rep)["attempt"]
    unless(await _calls(caller).record(rep.id, paused=body.state == "paused"))
    await caller.note("call.recording", rep.id, after={"attempt": attempt, "state": body.state})
    return json_answer(_shown(caller, rep))


@router.post(
    "/agents/{agent}/transfer",
    summary="Transfer the call",
    responses=_STEERED,
    dependencies=[OfCall],
)
async def transfer(agent: str, body: Transfer, caller: _Steerer) -> Response:
    """To a rep, to anybody of the pool, or to somebody outside: one of the campaign's own
    `transfer_numbers`; any other number needs the permission `calls.transfer`, and is called under
    the campaign's calling rules.
    """
    rep = await _known(caller, agent)
    if body.to.kind == "agent" and body.to.value:
        to = TransferTo("agent", (await _colleague(caller, rep, body.to.value)).id)
    else:
        to = TransferTo(body.to.kind, body.to.value)
    order = _calls(caller).transfer(
        rep.id, to, warm=body.how == "warm", any_number=caller.grant.may(ANY_NUMBER)
    )
    unless(await order)
    if to.kind == "number" or caller.grant.agent != rep.id:
        shown = masked(to.value) if to.kind == "number" and to.value[:1] == "+" else to.value
        noted = {"kind": to.kind, "to": shown, "how": body.how}
        await caller.note("call.transfer", rep.id, after=noted)
    return json_answer(_shown(caller, rep))


async def _consult(agent: str, caller: Caller, wish: ConsultWish) -> Response:
    rep = await _known(caller, agent)
    return await _done(caller, rep, f"consult.{wish}", _calls(caller).consult(rep.id, wish))


@router.post(
    "/agents/{agent}/consult/complete",
    summary="Leave the two together",
    responses=_STEERED,
    dependencies=[OfCall],
)
async def consult_complete(agent: str, caller: _Steerer) -> Response:
    """The callee goes to whom the rep has talked to."""
    return await _consult(agent, caller, "complete")


@router.post(
    "/agents/{agent}/consult/join",
    summary="Talk as three",
    responses=_STEERED,
    dependencies=[OfCall],
)
async def consult_join(agent: str, caller: _Steerer) -> Response:
    return await _consult(agent, caller, "join")


@router.post(
    "/agents/{agent}/consult/cancel",
    summary="Back to the callee",
    responses=_STEERED,
    dependencies=[OfCall],
)
async def consult_cancel(agent: str, caller: _Steerer) -> Response:
    """Whoever was asked in is let go."""
    return await _consult(agent, caller, "cancel")


@router.post(
    "/agents/{agent}/consult/swap",
    summary="To the other one",
    responses=_STEERED,
    dependencies=[OfCall],
)
async def consult_swap(agent: str, caller: _Steerer) -> Response:
    return await _consult(agent, caller, "swap")


@router.get(
    "/agents/{agent}/transfer-targets",
    summary="Whom a call may go to",
    responses={200: {"model": TransferTargets}, **responses(404, 409)},
)
async def transfer_targets(agent: str, caller: _Steerer) -> Response:
    rep = await _known(caller, agent)
    found = _calls(caller).targets(rep.id)
    if found is None:
        raise conflict("not-logged-in", f"{rep.name} is not logged in")
    numbers = [{"label": label, "value": number} for label, number in found.numbers.items()]
    may = caller.grant.may(ANY_NUMBER)
    return json_answer({"agents": found.agents, "numbers": numbers, "any_number": may})


@router.get(
    "/floors/{pool}/parked",
    summary="Calls that wait for any rep",
    responses={200: record(ParkedCalls), **responses(404, 409)},
)
async def parked(pool: str, caller: _Steerer) -> Response:
    """Parked, and on the way from one rep to another. For those who work in the pool."""
    found = _calls(caller).parked(pool)
    if found is None or not await _works_in(caller, pool):
        raise not_found("pool", pool)
    return json_answer({"parked": [replace(it, number=masked(it.number)) for it in found]})


@router.get(
    "/calls/{attempt}/steps",
    summary="What was done with a call",
    responses={200: {"model": CallSteps}, **responses(404)},
)
async def steps(attempt: str, caller: Annotated[Caller, Needs("cdr.read")]) -> Response:
    """Held, parked, transferred, shared, recorded or not, in the order in which it happened."""
    store = caller.context.store
    if await store.attempts.known(attempt, await caller.scope()) is None:
        raise not_found("call", attempt)
    return json_answer({"steps": await store.call_steps.of_attempt(attempt)})


@whole("the caller's own rep")
async def _works_in(caller: Caller, pool: str) -> bool:
    if is_seen(OfPool(pool), await caller.reach()):
        return True
    own = caller.grant.agent
    rep = await caller.context.store.agents.get(own) if own else None
    return rep is not None and rep.pool == pool


def _calls(caller: Caller) -> CallControl:
    calls = CALLS.of(caller.context)
    if calls is None:
        raise conflict("no-calls", "no calls are made here")
    return calls


async def _known(caller: Caller, word: str) -> Rep:
    """A rep by code or name. Raises Refused, also for one of another team."""
    return await agents.known(caller.context.store, word, await caller.scope())


async def _colleague(caller: Caller, rep: Rep, word: str) -> Rep:
    """Somebody of the same pool, whom the caller need not see otherwise."""
    of_all = everything("of the same pool, which is looked at next")
    other = await caller.context.store.agents.known(word, of_all)
    if other is None or other.pool != rep.pool:
        raise not_found("rep", word)
    return other


async def _done(
    caller: Caller,
    rep: Rep,
    what: str,
    order: Awaitable[Refusal | None],
    after: dict[str, Any] | None = None,
) -> Response:
    """As ordered; noted where somebody else than the rep did it."""
    unless(await order)
    if caller.grant.agent != rep.id:
        await caller.note(f"call.{what}", rep.id, after=after)
    return json_answer(_shown(caller, rep))


def _shown(caller: Caller, rep: Rep) -> dict[str, Any]:
    live = caller.context.control.agent(rep.id)
    return agents.describe(rep, live)
