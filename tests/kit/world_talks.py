"""The world of `tests.kit.world`, in which reps also hold, park, transfer and consult."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from dialer.engine.views import activity_of
from dialer.floor import Phase
from dialer.floor import commands as cmd
from dialer.floor import events as ev
from dialer.ports.switch import LiveChannel
from tests.kit.world import NAMES, Call, Leg, World


class TalkWorld(World):
    """Beside what must hold in a `World`: no callee stands alone without a tone, and nobody who
    was asked into a conversation is left in one that is over.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        #: Legs that hear each other, both ways.
        self.together: dict[str, str] = {}
        #: What the story was about.
        self.told: Counter[str] = Counter()
        #: What the dialplan asks meanwhile: an order is carried out after the step that gives it.
        self.agi: deque[ev.Event] = deque()
        super().__init__(*args, **kwargs)

    def happen(self, event: ev.Event) -> None:
        super().happen(event)
        while self.agi:
            super().happen(self.agi.popleft())

    # --- what the floor orders --------------------------------------------------------------------

    def obey(self, command: cmd.Command) -> None:
        if isinstance(command, cmd.TakeAside):
            self.aside(command.channel)
        elif isinstance(command, cmd.JoinLegs):
            self.join(command.leg, command.other)
        elif isinstance(command, cmd.JoinIn):
            self.tell(command.attempt, f"join:{command.leg}")
        elif isinstance(command, cmd.CallOutside):
            self.legs[command.leg] = Leg("")
        elif isinstance(command, cmd.Ring):
            self.parks(command.leg)
        elif isinstance(command, cmd.Connect) and not command.agent:
            assert command.leg in self.floor.outside
            self.tell(command.attempt, command.leg)
        else:
            super().obey(command)

    def aside(self, channel: str) -> None:
        """As AMI's Redirect does it: whatever the channel does ends, and it asks or parks."""
        call = self.calls.get(channel)
        if call is None:
            self.leg_leaves(channel)
        elif call.state == "up":
            if call.asking:
                call.asking = False
                self.agi.append(ev.AskerLeft(call.attempt, self.now))
            if call.leg is not None:
                self.unbridge(call)
            call.told = ""
            self.later_asks(call, "aside")

    def later_asks(self, call: Call, result: str) -> None:
        call.asking = True
        self.agi.append(ev.RouteAskedAgain(call.attempt, self.now, result))

    def leg_leaves(self, name: str) -> None:
        if self.legs[name].state == "bridged":
            self.part(name)
        self.parks(name)

    def part(self, name: str) -> None:
        """Out of its bridge. Those it was with go on, if there are two of them."""
        call = next((c for c in self.calls.values() if c.leg == name), None)
        other = self.together.pop(name, None)
        if other is not None:
            del self.together[other]
        if call is not None:
            call.leg = other
            self.ami.append(ev.Unbridged(call.attempt, name, self.now))
        if call is not None and other is not None:
            self.ami.append(ev.Bridged(call.attempt, other, self.now))
        elif call is not None:
            self.later_asks(call, "success")
        elif other is not None:
            self.parks(other)

    def parks(self, name: str) -> None:
        if self.legs[name].state in {"parked", "bridged"}:
            self.legs[name].state = "parked"
            self.ami.append(ev.LegParked(name, self.now))

    def join(self, leg: str, other: str) -> None:
        if self.legs[leg].state == self.legs[other].state == "parked":
            self.legs[leg].state = self.legs[other].state = "bridged"
            self.together |= {leg: other, other: leg}
            self.ami.append(ev.LegsBridged(leg, other, self.now))

    def do_as_told(self, call: Call) -> None:
        if not call.told.startswith("join:"):
            super().do_as_told(call)
            return
        leg, call.told = call.told.removeprefix("join:"), ""
        busy = any(c.leg in {leg, self.together.get(leg)} for c in self.calls.values() if c.leg)
        if leg not in self.together or busy:
            self.ask_again(call, "nonexistent")
        else:
            call.leg = leg
            self.ami.append(ev.Bridged(call.attempt, leg, self.now))

    # --- what happens -----------------------------------------------------------------------------

    def unbridge(self, call: Call) -> None:
        if call.leg not in self.together:
            super().unbridge(call)
            return
        name, call.leg = call.leg, None
        assert name is not None
        self.ami.append(ev.Unbridged(call.attempt, name, self.now))

    def leg_goes(self, name: str, *, bye: bool) -> None:
        if name not in self.together:
            super().leg_goes(name, bye=bye)
            return
        self.part(name)
        self.legs[name].state = "gone"
        self.ami.append(ev.LegGone(name, self.now, 16, bye))

    def a_rep_steers(self) -> None:
        name = self.choose(NAMES)
        attempt = self.choose(list(self.floor.attempts) or ["nobody"])
        wishes: list[ev.Event] = [
            ev.HoldAsked(name),
            ev.ResumeAsked(name),
            ev.ParkAsked(name),
            ev.PickupAsked(name, attempt),
            ev.TransferAsked(name, to=self.choose(NAMES)),
            ev.TransferAsked(name),
            ev.TransferAsked(name, outside="token"),
            ev.TransferAsked(name, to=self.choose(NAMES), warm=True),
            ev.TransferAsked(name, outside="token", warm=True),
            *(ev.ConsultAsked(name, what) for what in ("complete", "join", "swap", "cancel")),
            ev.RecordingAsked(name, self.choose([True, False])),
            ev.KeysPressed(name, "1"),
            ev.PhoneBack(name),
        ]
        self.try_to(self.choose(wishes))

    def a_rep_asks_somebody_in(self) -> None:
        """Several steps in a row, as far as they are possible."""
        name, outside = self.choose(NAMES), self.choose(["", "token"])
        other = "" if outside else self.choose(NAMES)
        self.try_to(ev.TransferAsked(name, to=other, outside=outside, warm=True))
        for _ in range(2):
            self.everybody_hears_of_it()
            self.phones_answer()
        self.try_to(ev.ConsultAsked(name, self.choose(["join", "join", "complete", "swap"])))
        self.everybody_hears_of_it()

    def everybody_hears_of_it(self) -> None:
        """The manager tells all it has."""
        while self.ami:
            self.try_to(self.ami.popleft())
        for call in list(self.calls.values()):
            if call.state == "up" and call.told:
                self.do_as_told(call)

    # --- what is true and what must hold ----------------------------------------------------------

    def channels(self) -> list[LiveChannel]:
        facing = {c.leg: c.attempt for c in self.calls.values() if c.leg is not None}
        callees = [it for it in super().channels() if it.channel in self.calls]
        legs = [
            LiveChannel(
                name,
                "up",
                peer=facing.get(name),
                beside=None if name in facing else self.together.get(name),
                parked=leg.state == "parked",
            )
            for name, leg in self.legs.items()
            if leg.state in {"parked", "bridged"}
        ]
        return callees + legs

    def a_rep_has_one_call_at_most_and_that_call_lives(self) -> None:
        owners: Counter[str] = Counter()
        for agent in self.floor.agents.values():
            with_call = agent.state.value in {"dialing", "reserved", "talking"}
            assert with_call == (agent.attempt is not None), agent
            attempt = self.floor.attempts.get(agent.attempt or "")
            if attempt is None:
                continue
            party = attempt.party
            is_party = party is not None and party.agent == agent.agent
            owners[attempt.attempt] += not is_party
            self.told[activity_of(attempt, agent)] += 1
        assert all(count == 1 for count in owners.values()), owners

    def check(self) -> None:
        super().check()
        for attempt in self.floor.attempts.values():
            if attempt.phase is Phase.HELD:
                assert attempt.deadline is not None, f"held for ever: {attempt}"
                self.told[attempt.held_by] += 1
            party = attempt.party
            if party is not None and party.kind == "external":
                assert self.floor.outside[party.leg] == attempt.attempt

    def end(self) -> None:
        super().end()
        for _ in range(6):
            self.everybody_hears_of_it()
            self.now += 1.0
            self.happen(ev.Ticked())
            self.phones_answer()
            self.the_link_breaks_and_comes_back()
        assert not self.together, "left in a conversation that is over"
        outside = [n for n, leg in self.legs.items() if not leg.agent and leg.state != "gone"]
        assert not outside, "left on the line outside"


TALK_ACTIONS = ("a_rep_steers", "a_rep_asks_somebody_in", "everybody_hears_of_it")
TALK_WEIGHTS = (20, 6, 14)
