"""What reps do with conversations under way, as `dialer.ports.calls.CallControl`."""

from __future__ import annotations

import re
from collections.abc import Callable

import phonenumbers

from dialer.engine.costly import is_costly
from dialer.engine.engine import Engine
from dialer.engine.runner import FloorRunner
from dialer.engine.views import call_view
from dialer.engine.wall_times import call_in_wall_time
from dialer.floor import AgentState
from dialer.floor import events as ev
from dialer.floor.state import Attempt
from dialer.ids import new_id
from dialer.ports.calls import Colleague, TransferTargets, TransferTo
from dialer.ports.control import CallView, Refusal
from dialer.ports.gate import Callee
from dialer.ports.store import Agent
from dialer.words import ConsultWish, Phase

_KEYS = re.compile(r"[0-9*#A-D]{1,32}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
#: Of a number that is not the campaign's own, screens show so much.
SHOWN_DIGITS = 4
_CONSULT_WISHES = {
    "complete": "leave the call to the two",
    "join": "join the two",
    "swap": "change over",
    "cancel": "let the other one go",
}


class EngineCallControl:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # --- one wish, one event ----------------------------------------------------------------------

    async def hold(self, agent: str) -> Refusal | None:
        return self._ask(agent, ev.HoldAsked, "put the callee on hold")

    async def resume(self, agent: str) -> Refusal | None:
        return self._ask(agent, ev.ResumeAsked, "go on with the callee")

    async def park(self, agent: str) -> Refusal | None:
        return self._ask(agent, ev.ParkAsked, "park the call")

    async def pick_up(self, agent: str, attempt: str) -> Refusal | None:
        return self._ask(agent, lambda key: ev.PickupAsked(key, attempt), "pick the call up")

    async def consult(self, agent: str, wish: ConsultWish) -> Refusal | None:
        return self._ask(agent, lambda key: ev.ConsultAsked(key, wish), _CONSULT_WISHES[wish])

    async def press_keys(self, agent: str, digits: str) -> Refusal | None:
        if not _KEYS.fullmatch(digits):
            return Refusal("invalid-digits", "digits are 1 to 32 of 0-9, *, # and A-D")
        return self._ask(agent, lambda key: ev.KeysPressed(key, digits), "send keypad tones")

    async def record(self, agent: str, *, paused: bool) -> Refusal | None:
        wish = "pause the recording" if paused else "go on recording"
        return self._ask(agent, lambda key: ev.RecordingAsked(key, paused), wish)

    def _ask(self, agent: str, make: Callable[[str], ev.AgentEvent], wish: str) -> Refusal | None:
        known = self._known(agent)
        if isinstance(known, Refusal):
            return known
        error = self._runner(known).ask(make(known.id))
        if error is None:
            return None
        return Refusal("not-now", f"{known.name} cannot {wish}: {error.state}")

    # --- transfers --------------------------------------------------------------------------------

    async def transfer(
        self, agent: str, to: TransferTo, *, warm: bool, any_number: bool = False
    ) -> Refusal | None:
        known = self._known(agent)
        if isinstance(known, Refusal):
            return known
        wish = "call them" if warm else "transfer the call"
        if to.kind == "pool":
            if warm:
                return Refusal("invalid-target", "name a rep or a number to talk to first")
            return self._ask(agent, ev.TransferAsked, wish)
        if to.kind == "agent":
            other = self._known(to.value)
            if isinstance(other, Refusal):
                return other
            asked = ev.TransferAsked(known.id, to=other.id, label=other.name, warm=warm)
            return self._ask(agent, lambda key: asked, wish)
        return await self._outside(known, to.value, warm=warm, any_number=any_number, wish=wish)

    async def _outside(
        self, known: Agent, value: str, *, warm: bool, any_number: bool, wish: str
    ) -> Refusal | None:
        attempt = self._call_of(known)
        if attempt is None:
            return Refusal("not-now", f"{known.name} cannot {wish}: not in a call")
        found = await self._number(attempt, value, any_number=any_number)
        if isinstance(found, Refusal):
            return found
        label, number = found
        if self._call_of(known) is not attempt:
            # The gate took its time: it was asked about another callee.
            return Refusal("not-now", f"{known.name} cannot {wish}: that call is over")
        token = new_id()
        outside = self._engine.outlet.outside
        outside[token] = number
        asked = ev.TransferAsked(known.id, outside=token, label=label, warm=warm)
        refusal = self._ask(known.id, lambda key: asked, wish)
        outside.pop(token, None)
        return refusal

    async def _number(
        self, attempt: Attempt, value: str, *, any_number: bool
    ) -> tuple[str, str] | Refusal:
        """The label and the number in E.164: the campaign's own by name or number, or any that may
        be called.
        """
        plan = self._engine.plan(attempt.campaign)
        own = {} if plan is None else plan.transfer_numbers
        for label, number in own.items():
            if value in {label, number}:
                return label, number
        if not any_number:
            return Refusal(
                "number-not-offered", "calls go only to the campaign's own transfer_numbers"
            )
        if not _is_number(value):
            return Refusal("invalid-number", "write the number as + and country code, no blanks")
        if is_costly(value):
            return Refusal("costly-number", "a number that costs more than a call is not called")
        why_not = await self._gate(attempt, value)
        return why_not or (f"…{value[-SHOWN_DIGITS:]}", value)

    async def _gate(self, attempt: Attempt, number: str) -> Refusal | None:
        """Whoever is called is called under the same rules, however the call comes about."""
        engine = self._engine
        callee = Callee(
            campaign_id=engine.campaign_id(attempt.campaign),
            lead_id=attempt.lead,
            number=number,
        )
        refusal = await engine.gate.check(callee, engine.clock.now())
        if refusal is None:
            return None
        return Refusal(f"gate-{refusal.rule.replace('_', '-')}", refusal.why)

    def _call_of(self, known: Agent) -> Attempt | None:
        floor = self._runner(known).floor
        agent = floor.agents.get(known.id)
        return floor.attempts.get(agent.attempt or "") if agent is not None else None

    # --- looking ----------------------------------------------------------------------------------

    def parked(self, pool: str) -> list[CallView] | None:
        runner = self._engine.runners.get(pool)
        if runner is None:
            return None
        waits = (
            attempt
            for attempt in runner.floor.attempts.values()
            if attempt.held_by in {"park", "transfer"} and attempt.phase is Phase.HELD
        )
        number, offset = self._engine.offers.number, self._engine.clock.offset()
        views = [call_view(a, number) for a in waits if a.party is None]
        return [call_in_wall_time(view, offset) for view in views]

    def targets(self, agent: str) -> TransferTargets | None:
        known = self._known(agent)
        if isinstance(known, Refusal):
            return None
        floor, agents = self._runner(known).floor, self._engine.agents
        colleagues = [
            Colleague(key, agents[key].name if key in agents else key, it.state.public)
            for key, it in floor.agents.items()
            if key != known.id and it.state is not AgentState.OUT
        ]
        attempt = self._call_of(known)
        plan = self._engine.plan(attempt.campaign) if attempt is not None else None
        return TransferTargets(colleagues, {} if plan is None else plan.transfer_numbers)

    def _known(self, agent: str) -> Agent | Refusal:
        agents = self._engine.agents
        found = agents.get(agent) or next((a for a in agents.values() if a.name == agent), None)
        if found is None or found.pool not in self._engine.runners:
            return Refusal("not-logged-in", f"{agent} is not logged in: 'dialer rep login {agent}'")
        return found

    def _runner(self, known: Agent) -> FloorRunner:
        return self._engine.runners[known.pool]


def _is_number(text: str) -> bool:
    if not _NUMBER.fullmatch(text):
        return False
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False
