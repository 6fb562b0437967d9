"""A world around one floor in which anything may happen in any order, with what must hold.

The world keeps what is true of channels. What the dialplan asks (AGI) arrives at once, what the
manager tells (AMI) waits in a queue: so events overtake each other as they do on a real switch.
`choose` makes every choice: a random generator for long runs, a property tester for short ones.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from dialer.engine import floorlog
from dialer.engine.reconcile import missed_events
from dialer.floor import (
    AgentState,
    CampaignRules,
    Floor,
    ImpossibleEvent,
    Phase,
    Phone,
    PoolRules,
    step,
)
from dialer.floor import commands as cmd
from dialer.floor import events as ev
from dialer.floor.transitions import (
    AGENT_BY_ITSELF,
    AGENT_TABLE,
    ATTEMPT_BY_ITSELF,
    ATTEMPT_TABLE,
)
from dialer.ports.switch import LedgerRow, LiveChannel
from tests.kit.pacer import CheckedPacer

T = TypeVar("T")
NAMES = ("ann", "bob", "cat")
CAMPAIGNS = ("gold", "iron")
#: Cause, who asked for the end, and the far end's code (None: an older build's) of calls that fail.
ENDS: tuple[tuple[int, ev.HangupBy, int | None], ...] = (
    (1, "callee", 404),
    (17, "network", None),
    (19, "network", 0),
    (21, "callee", 603),
    (127, "callee", 608),
    (0, "callee", 0),
)


@dataclass
class Leg:
    agent: str
    state: str = "calling"  # calling, parked, bridged, gone
    held: bool = False


@dataclass
class Call:
    attempt: str
    state: str = "ordered"  # ordered, out, rings, up, gone, never
    asking: bool = False
    asked: bool = False
    told: str = ""  # what the dialplan was told and has not done yet
    leg: str | None = None
    placed_at: float = 0.0
    answered_at: float | None = None
    bridged_at: float | None = None
    bridged_leg: str | None = None
    ended_at: float = 0.0


def _moves(table: Mapping[Any, Any], by_itself: Mapping[Any, Any]) -> set[tuple[str, str]]:
    """Every move that the tables allow, directly or in one step."""
    pairs = {(str(s), str(to)) for s, row in table.items() for m in row.values() for to in m.to}
    return pairs | {
        (str(s), str(to))
        for s, row in by_itself.items()
        for targets in row.values()
        for to in targets
    }


ATTEMPT_MOVES = _moves(ATTEMPT_TABLE, ATTEMPT_BY_ITSELF)
AGENT_MOVES = _moves(AGENT_TABLE, AGENT_BY_ITSELF)


class World:
    """`floor` is a new one. Every action is a method without arguments; `ACTIONS` names them."""

    def __init__(
        self,
        floor: Floor,
        log: floorlog.FloorLog,
        choose: Callable[[Sequence[Any]], Any],
        wrapup_limit: float = 3.0,
    ) -> None:
        self.floor, self.log, self.choose, self.now = floor, log, choose, floor.now
        self.pacer = CheckedPacer(floor.pacer)
        floor.pacer = self.pacer
        self.rules = CampaignRules(
            running=True, wrapup_limit=wrapup_limit, hold_limit=5.0, sticky=True
        )
        self.calls: dict[str, Call] = {}
        self.legs: dict[str, Leg] = {}
        self.ami: deque[ev.Event] = deque()
        self.placed: set[str] = set()
        self.ended: Counter[str] = Counter()
        self.seen: Counter[tuple[str, str]] = Counter()
        self.offered = 0
        for name in CAMPAIGNS:
            self.happen(ev.CampaignSet(name, self.rules))
        self.happen(ev.SwitchFound())
        for name in NAMES:
            self.happen(ev.LoggedIn(name, {"zh": 5} if name == "ann" else {}))
            self.happen(ev.ReadyAsked(name))
        self.phones_answer()
        self.the_manager_tells()

    # --- the floor and the world ------------------------------------------------------------------

    def happen(self, event: ev.Event) -> None:
        commands = step(self.floor, event, self.now)
        self.log.append(self.now, event, commands)
        for command in commands:
            self.obey(command)

    def try_to(self, event: ev.Event) -> None:
        """A wish that the floor may refuse; refused, it must not have changed anything."""
        before = repr(self.floor)
        try:
            self.happen(event)
        except ImpossibleEvent:
            assert repr(self.floor) == before

    def obey(self, command: cmd.Command) -> None:
        if isinstance(command, cmd.Place):
            self.calls[command.attempt] = Call(command.attempt)
            self.placed.add(command.attempt)
        elif isinstance(command, cmd.CallPhone):
            self.legs[command.leg] = Leg(command.agent)
        elif isinstance(command, cmd.Connect):
            agent = self.floor.agents[command.agent]
            assert agent.phone is Phone.PARKED
            assert agent.leg == command.leg
            self.tell(command.attempt, command.leg)
        elif isinstance(command, cmd.PlayMessage):
            self.tell(command.attempt, "message")
        elif isinstance(command, cmd.Drop):
            self.tell(command.attempt, "hangup")
        elif isinstance(command, cmd.Hold):
            self.tell(command.attempt, "hold")
        elif isinstance(command, cmd.HangUp):
            self.hang_up(command.channel)
        elif isinstance(command, cmd.CloseAttempt | cmd.ForgetAttempt):
            self.ended[command.attempt] += 1
            assert self.ended[command.attempt] == 1, "ended twice"
        elif isinstance(command, cmd.AttemptMoved):
            assert (command.before, command.phase) in ATTEMPT_MOVES, command
            self.seen[command.before, command.phase] += 1
        elif isinstance(command, cmd.AgentMoved) and command.before != command.state:
            assert (command.before, command.state) in AGENT_MOVES, command

    def tell(self, attempt: str, what: str) -> None:
        call = self.calls[attempt]
        if call.asking:
            call.asking, call.told = False, what
        else:
            # Nobody asks any more: the switch says so, as the outlet has it.
            self.ami.append(ev.AskerLeft(attempt, self.now))

    def hang_up(self, channel: str) -> None:
        if channel in self.legs:
            self.leg_goes(channel, bye=False)
        elif self.calls[channel].state in {"out", "rings", "up"}:
            self.call_ends(self.calls[channel], 16, "dialer")

    def call_ends(self, call: Call, cause: int, by: str) -> None:
        if call.asking and call.state == "up":
            call.asking = False
            self.happen(ev.AskerLeft(call.attempt, self.now))
        call.state, call.ended_at = "gone", self.now
        if call.leg is not None:
            self.unbridge(call)
        self.ami.append(ev.HungUp(call.attempt, self.now, cause, by))  # type: ignore[arg-type]

    def unbridge(self, call: Call) -> None:
        assert call.leg is not None
        name, call.leg = call.leg, None
        self.ami.append(ev.Unbridged(call.attempt, name, self.now))
        if self.legs[name].state == "bridged":
            self.legs[name].state = "parked"
            self.ami.append(ev.LegParked(name, self.now))

    def leg_goes(self, name: str, *, bye: bool) -> None:
        leg = self.legs[name]
        if leg.state == "gone":
            return
        was, leg.state = leg.state, "gone"
        self.ami.append(ev.LegGone(name, self.now, 16, bye))
        call = next((c for c in self.calls.values() if c.leg == name), None)
        if was == "bridged" and call is not None:
            call.leg = None
            self.ami.append(ev.Unbridged(call.attempt, name, self.now))
            self.ask_again(call, "success")

    def ask_again(self, call: Call, result: str) -> None:
        call.asking = True
        self.happen(ev.RouteAskedAgain(call.attempt, self.now, result))

    # --- time and supply --------------------------------------------------------------------------

    def time_passes(self) -> None:
        self.now += self.choose([0.0, 0.001, 0.3, 0.3, 1.0, 2.5, 7.0])
        self.happen(ev.Ticked())

    def leads_come(self) -> None:
        campaign, offers = self.choose(CAMPAIGNS), []
        for _ in range(self.choose(range(6))):
            self.offered += 1
            needs = {"zh": 3} if self.offered % 5 == 0 else {}
            owner = self.choose(NAMES)
            offers.append(ev.Offer(f"a{self.offered}", f"l{self.offered}", "", owner, needs))
        self.happen(ev.LeadsOffered(campaign, offers))
        self.now += 0.3
        self.happen(ev.Ticked())

    def settings_change(self) -> None:
        campaign = self.choose(CAMPAIGNS)
        answered, abandoned = self.choose(range(200)), self.choose(range(5))
        changes = [
            ev.CampaignSet(campaign, self.rules),
            ev.CampaignSet(campaign, CampaignRules()),
            ev.CampaignRemoved(campaign),
            ev.PoolSet(PoolRules(method=self.choose(["predictive", "progressive"]))),
            ev.LimitsChanged(self.choose([None, 2, 50]), None),
            ev.WindowsChanged([ev.WindowState(campaign, 0.03, answered, abandoned)]),
        ]
        self.happen(self.choose(changes))
        # A campaign that was taken away comes back, or most of the story would be about nothing.
        self.happen(ev.CampaignSet(campaign, self.rules))

    # --- calls ------------------------------------------------------------------------------------

    def calls_go_on(self) -> None:
        go_on = {"ordered": self.order, "up": self.answered}
        for _ in range(self.choose(range(1, 7))):
            alive = [c for c in self.calls.values() if c.state not in {"gone", "never"}]
            if alive:
                call = self.choose(alive)
                go_on.get(call.state, self.unanswered)(call)

    def order(self, call: Call) -> None:
        how = self.choose(["out", "out", "out", "out", "refused", "no line"])
        call.state, call.placed_at = ("out" if how == "out" else "never"), self.now
        if how == "out":
            self.happen(ev.Dispatched(call.attempt, self.now, "carrier"))
        elif how == "refused":
            self.happen(ev.Refused(call.attempt, "dnc"))
        else:
            self.happen(ev.NotPlaced(call.attempt, "no_line"))

    def unanswered(self, call: Call) -> None:
        what = self.choose(["rings", "up", "up", "up", "fails", "undialable"])
        if what == "rings":
            call.state = "rings"
            self.ami.append(ev.Rang(call.attempt, self.now))
        elif what == "up":
            call.state, call.answered_at = "up", self.now
            self.ami.append(ev.PickedUp(call.attempt, self.now))
        elif what == "fails":
            self.fails(call)
        elif call.state == "out" and self.floor.attempts[call.attempt].phase is Phase.DIALING:
            call.state, call.ended_at = "never", self.now
            reason = self.choose(["bad_number", "switch_refused"])
            self.happen(ev.NotPlaced(call.attempt, reason))

    def fails(self, call: Call) -> None:
        call.state, call.ended_at = "gone", self.now
        failed = ev.OriginateFailed(call.attempt, 0)
        cause, by, code = self.choose(ENDS)
        hung_up = ev.HungUp(call.attempt, self.now, cause, by, code)
        self.ami.extend(self.choose([[failed, hung_up], [hung_up, failed], [failed]]))

    def answered(self, call: Call) -> None:
        if self.choose(range(6)) == 0:
            self.call_ends(call, 16, "callee")
        elif not call.asked:
            call.asked = call.asking = True
            assert call.answered_at is not None
            by = self.choose(["human", "human", "human", "machine"])
            self.happen(ev.RouteAsked(call.attempt, call.answered_at, by))
        elif call.told:
            self.do_as_told(call)

    def do_as_told(self, call: Call) -> None:
        told, call.told = call.told, ""
        leg = self.legs.get(told)
        if told in {"message", "hangup"}:
            self.call_ends(call, 16, "network")
        elif told == "hold":
            self.ask_again(call, "held")
        elif leg is None or leg.state == "gone":
            self.ask_again(call, "nonexistent")
        elif leg.state != "parked":
            self.ask_again(call, "busy-leg")
        else:
            leg.state, call.leg, call.bridged_leg = "bridged", told, told
            call.bridged_at = call.bridged_at or self.now
            self.ami.append(ev.Bridged(call.attempt, told, self.now))

    # --- phones and reps --------------------------------------------------------------------------

    def phones_answer(self) -> None:
        for name, leg in self.legs.items():
            if leg.state == "calling":
                leg.state = "parked"
                self.ami.append(ev.LegParked(name, self.now))

    def a_phone_goes(self) -> None:
        alive = [name for name, leg in self.legs.items() if leg.state != "gone"]
        if alive:
            self.leg_goes(self.choose(alive), bye=self.choose([True, False]))

    def the_hold_key_is_pressed(self) -> None:
        alive = [name for name, leg in self.legs.items() if leg.state in {"parked", "bridged"}]
        if not alive:
            return
        name = self.choose(alive)
        leg = self.legs[name]
        leg.held = not leg.held
        told = ev.LegOnHold if leg.held else ev.LegOffHold
        self.ami.append(told(name, self.now))

    def a_rep_wishes(self) -> None:
        name = self.choose(NAMES)
        wishes = [
            ev.LoggedIn(name),
            ev.ReadyAsked(name),
            ev.PauseAsked(name, "lunch"),
            ev.LogoutAsked(name),
            ev.HangupAsked(name),
            ev.CallFinished(name, "sale"),
            ev.CallFinished(name, None, then_pause=True),
            ev.FinishingHinted(name),
        ]
        self.try_to(self.choose(wishes))

    def all_reps_come_back(self) -> None:
        for name in NAMES:
            self.try_to(ev.LoggedIn(name))
            self.try_to(ev.ReadyAsked(name))

    def somebody_talks_nonsense(self) -> None:
        """What the table does not know in this state is refused, whatever came before."""
        if self.floor.attempts:
            attempt = self.choose(list(self.floor.attempts.values()))
            kind = self.choose([ev.Rang, ev.PickedUp, ev.AskerLeft, ev.RouteAsked])
            if kind not in ATTEMPT_TABLE[attempt.phase]:
                self.try_to(kind(attempt.attempt, self.now))

    # --- the link ---------------------------------------------------------------------------------

    def the_manager_tells(self) -> None:
        for _ in range(min(self.choose(range(1, 10)), len(self.ami))):
            self.try_to(self.ami.popleft())

    def the_link_breaks_and_comes_back(self) -> None:
        """What was told meanwhile is lost; the floor compares itself with the switch."""
        self.happen(ev.SwitchLost())
        self.calls_go_on()
        self.ami.clear()
        self.now += 1.0
        rows = {c.attempt: _row(c) for c in self.calls.values() if c.state == "gone"}
        for event in missed_events(self.floor, self.channels(), rows, self.now):
            self.try_to(event)
        self.happen(ev.SwitchFound())

    def channels(self) -> list[LiveChannel]:
        states = {"out": "down", "rings": "ringing", "up": "up"}
        calls = [
            LiveChannel(
                c.attempt,
                states[c.state],  # type: ignore[arg-type]
                peer=c.leg,
                answered_at=c.answered_at,
                bridged_at=c.bridged_at,
            )
            for c in self.calls.values()
            if c.state in states
        ]
        legs = [
            LiveChannel(name, "up", parked=leg.state == "parked")
            for name, leg in self.legs.items()
            if leg.state in {"parked", "bridged"}
        ]
        return calls + legs

    # --- what must hold ---------------------------------------------------------------------------

    def exactly_the_ready_and_parked_are_free_in_the_order_of_their_waiting(self) -> None:
        agents = self.floor.agents.values()
        ready = {a.agent for a in agents if a.state is AgentState.READY and a.phone is Phone.PARKED}
        assert set(self.floor.free) == ready
        waits = [c.idle_since for c in self.floor.free.values()]
        assert waits == sorted(waits)

    def a_rep_has_one_call_at_most_and_that_call_lives(self) -> None:
        taken = [a.attempt for a in self.floor.agents.values() if a.attempt is not None]
        assert len(taken) == len(set(taken))
        assert set(taken) <= set(self.floor.attempts)
        for agent in self.floor.agents.values():
            with_call = {AgentState.DIALING, AgentState.RESERVED, AgentState.TALKING}
            at_work = agent.state in with_call
            assert at_work == (agent.attempt is not None), agent

    def nobody_waits_while_a_rep_who_could_take_them_is_free(self) -> None:
        for key in self.floor.waiting:
            assert not [
                c
                for c in self.floor.free.values()
                if all(c.skills.get(s, 0) >= n for s, n in self.floor.attempts[key].needs.items())
            ]

    def the_books_agree(self) -> None:
        floor = self.floor
        waiting = {a.attempt for a in floor.attempts.values() if a.phase is Phase.WAITING}
        assert set(floor.waiting) == waiting
        live = Counter(a.campaign for a in floor.attempts.values())
        assert live == {n: c.live for n, c in floor.campaigns.items() if c.live}
        assert set(floor.unsettled) <= set(floor.attempts)
        assert list(floor.unsettled.values()) == sorted(floor.unsettled.values())
        assert self.placed - set(self.ended) == set(floor.attempts)
        if floor.pacer is self.pacer:
            open_ = {a.attempt for a in floor.attempts.values() if a.told != "settled"}
            assert self.pacer.checks.open_calls == open_

    def nobody_is_sent_to_a_phone_on_hold(self) -> None:
        for agent in self.floor.agents.values():
            on_hold = agent.phone is Phone.HELD
            assert not on_hold or (agent.on_hold and agent.state is not AgentState.READY), agent

    def check(self) -> None:
        """Everything that must hold between two events."""
        self.exactly_the_ready_and_parked_are_free_in_the_order_of_their_waiting()
        self.a_rep_has_one_call_at_most_and_that_call_lives()
        self.nobody_waits_while_a_rep_who_could_take_them_is_free()
        self.the_books_agree()
        self.nobody_is_sent_to_a_phone_on_hold()

    def end(self) -> None:
        """Every call comes to its end, and every attempt to exactly one."""
        self.all_ends()
        assert self.floor.attempts == {}
        assert set(self.ended) == self.placed
        self.log.close()

    def all_ends(self) -> None:
        for name in CAMPAIGNS:
            self.happen(ev.CampaignSet(name, CampaignRules()))
        for call in list(self.calls.values()):
            if call.state == "ordered":
                call.state = "never"
                self.happen(ev.NotPlaced(call.attempt, "stopped"))
            elif call.state in {"out", "rings", "up"}:
                self.call_ends(call, 16, "callee")
        self.the_link_breaks_and_comes_back()


def _row(call: Call) -> LedgerRow:
    return LedgerRow(
        attempt=call.attempt,
        start=call.placed_at,
        answer=call.answered_at,
        end=call.ended_at,
        disposition="ANSWERED" if call.answered_at else "NO ANSWER",
        cause=16 if call.answered_at else 19,
        leg=call.bridged_leg,
        bridged=call.bridged_at,
    )


ACTIONS = (
    "time_passes",
    "leads_come",
    "calls_go_on",
    "the_manager_tells",
    "phones_answer",
    "a_phone_goes",
    "a_rep_wishes",
    "all_reps_come_back",
    "settings_change",
    "somebody_talks_nonsense",
    "the_hold_key_is_pressed",
    "the_link_breaks_and_comes_back",
)
#: How often each action comes in a long run: mostly calls, seldom a broken link.
WEIGHTS = (6, 8, 30, 12, 8, 5, 5, 3, 1, 1, 3, 1)
