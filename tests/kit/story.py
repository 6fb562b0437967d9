"""A conversation under way and what is done with it: for playbooks of held and shared calls."""

from __future__ import annotations

from dialer.engine.views import activity_of
from dialer.floor import CampaignRules
from dialer.floor import commands as cmd
from dialer.floor import events as ev
from dialer.floor.commands import CloseAttempt, Hold, JoinIn, JoinLegs, TakeAside
from tests.kit.playbook import REPORTS
from tests.kit.scene import Scene

RULES = CampaignRules(
    running=True, rep_hold_limit=60.0, park_limit=30.0, transfer_limit=20.0, record=True
)
#: The leg of whom ann calls outside.
OUTSIDE = "leg-run-3-_a1"


class Story(Scene):
    """ann talks to a1, bob is ready. `orders` leaves out what is only reported."""

    def __init__(self, *reps: str) -> None:
        super().__init__(*(reps or ("ann", "bob")), rules=RULES)
        self.talk("a1", sticky="ann")
        assert self.attempt("a1").agent == "ann"
        self.pass_s(2.0)

    def orders(self, event: ev.Event) -> list[cmd.Command]:
        return [it for it in self.do(event) if not isinstance(it, REPORTS)]

    def asks(self, result: str) -> list[cmd.Command]:
        return self.orders(ev.RouteAskedAgain("a1", self.now, result))

    def parks(self, agent: str) -> list[cmd.Command]:
        return self.orders(ev.LegParked(self.leg(agent), self.now))

    def bridges(self, agent: str) -> list[cmd.Command]:
        return self.orders(ev.Bridged("a1", self.leg(agent), self.now))

    def hold(self) -> None:
        """Held, the tone on, the rep's phone in its place."""
        assert self.orders(ev.HoldAsked("ann")) == [TakeAside("a1")]
        self.orders(ev.Unbridged("a1", self.leg("ann"), self.now))
        assert self.asks("aside") == [Hold("a1", 60.0)]
        assert self.asks("held") == []
        self.parks("ann")

    def consult(self) -> None:
        """ann talks to bob, the callee is held."""
        self.orders(ev.TransferAsked("ann", to="bob", label="Bob", warm=True))
        self.asks("aside")
        self.asks("held")
        assert self.parks("ann") == [JoinLegs(self.leg("ann"), self.leg("bob"))]
        assert self.together("bob") == []

    def together(self, other: str) -> list[cmd.Command]:
        leg = self.leg(other) if other in self.floor.agents else other
        return self.orders(ev.LegsBridged(self.leg("ann"), leg, self.now))

    def conference(self) -> None:
        self.consult()
        assert self.orders(ev.ConsultAsked("ann", "join")) == [JoinIn("a1", self.leg("ann"))]
        assert self.bridges("ann") == []

    def activity(self, agent: str = "ann") -> str:
        return activity_of(self.floor.attempts.get("a1"), self.agent(agent))

    def hung_up(self) -> CloseAttempt:
        """The callee's channel ends; the record."""
        commands = self.do(ev.HungUp("a1", self.now, 16, "callee"))
        return next(it for it in commands if isinstance(it, CloseAttempt))
