"""Try a change of settings on the floor as it is now, before anybody hears of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from dialer.features.settings.public import Faults, Wanted, reach_subject
from dialer.features.simulations.parts import SIMULATE, SIMULATIONS
from dialer.features.simulations.schemas import Simulate, Simulation
from dialer.features.simulations.trials import Effect
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.errors import bad_request, conflict, not_found, unless
from dialer.kit.problems import responses
from dialer.kit.scope import OfPool, is_seen
from dialer.ports.control import Refusal

router = APIRouter(tags=["simulations"])
_Reader = Annotated[Caller, Needs("settings.read")]
_Trier = Annotated[Caller, Needs("settings.pacing")]


@router.post(
    "/pools/{pool}/settings/simulate",
    summary="What would a change do to the floor as it is now?",
    status_code=202,
    responses={202: {"model": Simulation}, **responses(404, 409)},
)
async def simulate(pool: str, body: Simulate, caller: _Trier) -> Response:
    """Begins paired runs of the next minutes under both settings; ask for it by its id.

    One at a time: 409 `busy`. Nothing is changed.
    """
    await reach_subject(caller, f"pool/{pool}")
    wanted = [Wanted(f"pool/{pool}", body.changes)] if body.changes else []
    for name, changes in body.campaigns.items():
        await reach_subject(caller, f"campaign/{name}")
        wanted.append(Wanted(f"campaign/{name}", changes))
    act = SIMULATE.of(caller.context)
    if act is None:
        raise conflict("no-engine", "no engine runs behind this API")
    outcome = await act(pool, wanted, caller.grant.who, body.reps, body.minutes)
    if isinstance(outcome, Faults):
        raise bad_request("invalid-settings", outcome.all[0], outcome.all)
    if isinstance(outcome, Refusal):
        unless(outcome)
    return json_answer(outcome, 202)


@router.get(
    "/simulations/{simulation}",
    summary="A simulation, running or done",
    responses={200: {"model": Simulation}, **responses(404)},
)
async def get_simulation(simulation: str, caller: _Reader) -> Response:
    return json_answer(await _seen(caller, simulation))


@router.delete(
    "/simulations/{simulation}",
    summary="End a simulation",
    responses={200: {"model": Simulation}, **responses(404)},
)
async def cancel_simulation(simulation: str, caller: _Trier) -> Response:
    """One that is over stays as it is."""
    effect = await _seen(caller, simulation)
    simulations = SIMULATIONS.of(caller.context)
    assert simulations is not None
    await simulations.cancel(effect.id)
    return json_answer(await _seen(caller, simulation))


async def _seen(caller: Caller, simulation: str) -> Effect:
    kept = SIMULATIONS.of(caller.context)
    effect = kept.get(simulation) if kept is not None else None
    if effect is None or not is_seen(OfPool(effect.pool), await caller.reach()):
        raise not_found("simulation", simulation)
    return effect
