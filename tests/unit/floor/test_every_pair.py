"""Every state with every event: it moves as the table says, or is refused and nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dialer.engine.diagram import page
from dialer.floor import AgentState, CampaignRules, ImpossibleEvent, Phase
from dialer.floor import events as ev
from dialer.floor.transitions import (
    AGENT_BY_ITSELF,
    AGENT_TABLE,
    ATTEMPT_BY_ITSELF,
    ATTEMPT_TABLE,
)
from tests.kit.scene import Scene

RULES = CampaignRules(running=True, hold_limit=20.0)


def subclasses(kind: type[ev.Event]) -> list[type[ev.Event]]:
    found = [one for one in vars(ev).values() if isinstance(one, type) and issubclass(one, kind)]
    return sorted(set(found) - {kind}, key=lambda one: one.__name__)


ATTEMPT_EVENTS = [e for e in subclasses(ev.AttemptEvent) if e is not ev.AttemptRestored]
AGENT_EVENTS = [*subclasses(ev.AgentEvent), *subclasses(ev.LegEvent)]


def snapshot(scene: Scene) -> str:
    """Everything a floor and its pacer hold."""
    return repr(scene.floor) + repr(vars(scene.pacer))


def filled(kind: type[ev.Event], scene: Scene, **known: Any) -> ev.Event:
    """An event of this kind about our attempt and rep, happening now."""
    values: dict[str, Any] = {
        "attempt": "a1",
        "agent": "ann",
        "at": scene.now,
        "ended_at": scene.now,
        "cause": 16,
        "by": "human" if kind is ev.RouteAsked else "callee",
        "reason": 0 if kind is ev.OriginateFailed else "why",
        "rule": "dnc",
        "result": "success",
        "state": "ready",
        "leg": None,
        "other": "leg-run-9-_a1",
        "what": "swap",
        "paused": True,
        "digits": "1",
        "campaign": "gold",
        "offer": ev.Offer("a9", "lead-a9"),
        "until": scene.now + 100.0,
        **known,
    }
    fields = set(kind.__struct_fields__)
    return kind(**{name: value for name, value in values.items() if name in fields})


# --- attempts -------------------------------------------------------------------------------------


def waiting(scene: Scene) -> None:
    scene.do(ev.LegGone(scene.leg("ann"), scene.now, 0))
    scene.answer("a1")


def held(scene: Scene) -> None:
    scene.talk("a1")
    scene.do(ev.LegGone(scene.leg("ann"), scene.now, 44))
    scene.do(ev.RouteAskedAgain("a1", scene.now, "success"))


def message(scene: Scene) -> None:
    waiting(scene)
    scene.pass_s(2.1)


def leaving(scene: Scene) -> None:
    scene.answer("a1")
    scene.do(ev.AskerLeft("a1", scene.now))


def picked_up(scene: Scene) -> None:
    scene.ring("a1")
    scene.do(ev.PickedUp("a1", scene.now))


TO_PHASE: dict[Phase, Callable[[Scene], object]] = {
    Phase.PLACING: lambda scene: scene.place("a1"),
    Phase.DIALING: lambda scene: scene.dial("a1"),
    Phase.RINGING: lambda scene: scene.ring("a1"),
    Phase.ANSWERED: picked_up,
    Phase.WAITING: waiting,
    Phase.RESERVED: lambda scene: scene.answer("a1"),
    Phase.TALKING: lambda scene: scene.talk("a1"),
    Phase.HELD: held,
    Phase.MESSAGE: message,
    Phase.LEAVING: leaving,
}


def in_phase(phase: Phase) -> Scene:
    scene = Scene("ann", rules=RULES)
    TO_PHASE[phase](scene)
    assert scene.attempt("a1").phase is phase
    return scene


@pytest.mark.parametrize("event", ATTEMPT_EVENTS, ids=lambda e: e.__name__)
@pytest.mark.parametrize("phase", list(TO_PHASE))
def test_an_attempt_moves_as_the_table_says_or_not_at_all(
    phase: Phase, event: type[ev.Event]
) -> None:
    scene = in_phase(phase)
    move = ATTEMPT_TABLE[phase].get(event)
    happening = filled(event, scene, leg=scene.agent("ann").leg or "leg-of-nobody")
    if move is None:
        refused_untouched(scene, happening, phase)
        return
    scene.do(happening)
    attempt = scene.floor.attempts.get("a1")
    reached = attempt.phase if attempt is not None else Phase.ENDED
    onwards = {to for state in move.to for to in further(ATTEMPT_BY_ITSELF, state)}
    assert reached in {*move.to, *onwards}


UNKNOWN = [event for event in ATTEMPT_EVENTS if event is not ev.OriginateFailed]


@pytest.mark.parametrize("event", UNKNOWN, ids=lambda e: e.__name__)
def test_an_attempt_nobody_knows_is_refused_whatever_is_said_of_it(event: type[ev.Event]) -> None:
    scene = Scene("ann")
    refused_untouched(scene, filled(event, scene, leg=scene.leg("ann")), "unknown")


def test_the_answer_to_an_order_may_come_after_the_hangup_of_its_call() -> None:
    scene = Scene("ann")
    scene.dial("a1")
    scene.do(ev.HungUp("a1", scene.now, 17, "callee", 486))

    assert scene.do(ev.OriginateFailed("a1", 0, 0)) == []


# --- reps -----------------------------------------------------------------------------------------


def wrapup(scene: Scene) -> None:
    scene.talk("a1")
    scene.do(ev.HungUp("a1", scene.now, 16, "callee"))


def out(scene: Scene) -> None:
    scene.do(ev.LogoutAsked("ann"))


def preview(scene: Scene) -> None:
    """Ann looks at lead a1."""
    rules = CampaignRules(running=True, mode="preview", preview_limit=30.0)
    scene.do(ev.CampaignSet("silver", rules))
    scene.do(ev.LeadsOffered("silver", [ev.Offer("a1", "lead-a1")]))


def dialing(scene: Scene) -> None:
    """Lead a1 is called for Ann alone, and it rings."""
    scene.do(ev.DialAsked("ann", "gold", ev.Offer("a1", "lead-a1")))
    scene.do(ev.Dispatched("a1", scene.now, "carrier", "local"))
    scene.do(ev.Rang("a1", scene.now))


TO_STATE: dict[AgentState, Callable[[Scene], object]] = {
    AgentState.OUT: out,
    AgentState.PAUSED: lambda scene: scene.do(ev.PauseAsked("ann")),
    AgentState.READY: lambda scene: None,
    AgentState.PREVIEW: preview,
    AgentState.DIALING: dialing,
    AgentState.RESERVED: lambda scene: scene.answer("a1"),
    AgentState.TALKING: lambda scene: scene.talk("a1"),
    AgentState.WRAPUP: wrapup,
}


@pytest.mark.parametrize("event", AGENT_EVENTS, ids=lambda e: e.__name__)
@pytest.mark.parametrize("state", list(TO_STATE))
def test_a_rep_moves_as_the_table_says_or_not_at_all(
    state: AgentState, event: type[ev.Event]
) -> None:
    scene = Scene("ann", rules=RULES)
    leg = scene.leg("ann")
    TO_STATE[state](scene)
    assert scene.agent("ann").state is state
    move = AGENT_TABLE[state].get(event)
    about_phone = issubclass(event, ev.LegEvent)
    happening = filled(event, scene, leg=leg if about_phone else None)
    if move is None and event is ev.LegGone:
        # A leg's end may be told twice; the second time it is nobody's.
        before = repr(scene.agent("ann"))
        scene.do(happening)
        assert repr(scene.agent("ann")) == before
        assert scene.floor.out == []
        return
    if move is None and event is not ev.LegParked:
        refused_untouched(scene, happening, "unknown" if about_phone else state)
        return
    if move is not None and (why_not := move.unless(scene.floor, scene.agent("ann"), happening)):
        refused_untouched(scene, happening, why_not)
        return
    scene.do(happening)
    states = {*move.to} if move is not None else {state}
    onwards = {to for one in states for to in further(AGENT_BY_ITSELF, one)}
    assert scene.agent("ann").state in {*states, *onwards}


def further(table: Any, state: str) -> set[str]:
    return {to for targets in table.get(state, {}).values() for to in targets}


def refused_untouched(scene: Scene, event: ev.Event, state: str) -> None:
    before = snapshot(scene)
    with pytest.raises(ImpossibleEvent) as refusal:
        scene.do(event)
    assert refusal.value.state == state
    assert snapshot(scene) == before


# --- the tables themselves ------------------------------------------------------------------------


def test_every_state_has_its_row() -> None:
    assert set(ATTEMPT_TABLE) == set(Phase)
    assert set(AGENT_TABLE) == set(AgentState)


def test_every_event_is_possible_somewhere() -> None:
    possible = {event for row in (*ATTEMPT_TABLE.values(), *AGENT_TABLE.values()) for event in row}
    assert possible == {*ATTEMPT_EVENTS, *AGENT_EVENTS}


def test_the_page_of_states_is_current() -> None:
    written = Path(__file__).parents[3] / "docs" / "reference" / "states.md"
    assert page() == written.read_text(encoding="utf-8"), "run python -m dialer.engine.diagram"
