"""A floor brought to where a story begins: reps logged in, calls on their way. For playbooks."""

from __future__ import annotations

from collections.abc import Mapping

from dialer.floor import Agent, Attempt, CampaignRules, Floor, PoolRules, open_floor, step
from dialer.floor import events as ev
from dialer.floor.commands import CallPhone, Command, Place
from tests.kit.pacer import ScriptedPacer

RUNNING = CampaignRules(running=True)


class Scene:
    """Keeps the time: every event happens at `now`; `pass_s` lets time go by without one."""

    def __init__(
        self,
        *ready: str,
        rules: CampaignRules = RUNNING,
        pool: PoolRules = PoolRules(),  # noqa: B008  (frozen)
        campaigns: Mapping[str, CampaignRules] | None = None,
        now: float = 100.0,
    ) -> None:
        self.now = now
        self.floor: Floor = open_floor("main", "run", pool, now)
        self.pacer = self.floor.pacer = ScriptedPacer()
        for name, its_rules in (campaigns or {"gold": rules}).items():
            self.do(ev.CampaignSet(name, its_rules))
        self.do(ev.SwitchFound())
        for agent in ready:
            self.ready(agent)

    # --- time and events --------------------------------------------------------------------------

    def do(self, event: ev.Event, after_s: float = 0.0) -> list[Command]:
        """Let `event` happen, `after_s` later than the last."""
        self.now += after_s
        return step(self.floor, event, self.now)

    def pass_s(self, seconds: float) -> list[Command]:
        """Time goes by as the engine has it: a step at every deadline, and one at the end."""
        end, commands = self.now + seconds, list[Command]()
        while (due := self.floor.next_deadline()) < end:
            self.now = max(due, self.now + 0.001)
            commands += self.do(ev.Ticked())
        self.now = end
        return commands + self.do(ev.Ticked())

    # --- reps -------------------------------------------------------------------------------------

    def login(self, agent: str, skills: dict[str, int] | None = None, **profile: object) -> str:
        """Logged in, the phone parked, paused. Returns the leg."""
        event = ev.LoggedIn(agent, skills or {}, **profile)  # type: ignore[arg-type]
        return self.park(self.do(event))

    def ready(self, agent: str, skills: dict[str, int] | None = None, **profile: object) -> str:
        leg = self.login(agent, skills, **profile)
        self.do(ev.ReadyAsked(agent))
        self.pass_s(1.0)
        return leg

    def park(self, commands: list[Command]) -> str:
        """The phone that `commands` call is answered and parked."""
        leg = next(c.leg for c in commands if isinstance(c, CallPhone))
        self.do(ev.LegParked(leg, self.now))
        return leg

    def agent(self, name: str) -> Agent:
        return self.floor.agents[name]

    def leg(self, name: str) -> str:
        leg = self.floor.agents[name].leg
        assert leg is not None, f"{name} has no phone on the line"
        return leg

    # --- calls ------------------------------------------------------------------------------------

    def place(self, *attempts: str, campaign: str = "gold", **offer: object) -> list[Command]:
        """Offer one lead per attempt and have the pacer wish for as many; they are PLACING."""
        offers = [ev.Offer(a, f"lead-{a}", **offer) for a in attempts]  # type: ignore[arg-type]
        self.pacer.wish += len(offers)
        commands = self.do(ev.LeadsOffered(campaign, offers)) + self.pass_s(0.25)
        placed = [c.attempt for c in commands if isinstance(c, Place)]
        assert set(placed) >= set(attempts), f"wanted {attempts}, placed {placed}"
        return commands

    def dial(self, *attempts: str, campaign: str = "gold", **offer: object) -> None:
        """DIALING."""
        self.place(*attempts, campaign=campaign, **offer)
        for attempt in attempts:
            self.do(ev.Dispatched(attempt, self.now, "carrier", "local"))

    def ring(self, *attempts: str, campaign: str = "gold", **offer: object) -> None:
        """RINGING for three seconds."""
        self.dial(*attempts, campaign=campaign, **offer)
        for attempt in attempts:
            self.do(ev.Rang(attempt, self.now))
        self.pass_s(3.0)

    def answer(self, attempt: str, campaign: str = "gold", **offer: object) -> list[Command]:
        """Picked up, and the dialplan asks: what the floor orders then."""
        self.ring(attempt, campaign=campaign, **offer)
        self.do(ev.PickedUp(attempt, self.now))
        return self.do(ev.RouteAsked(attempt, self.now))

    def talk(self, attempt: str, campaign: str = "gold", **offer: object) -> str:
        """In conversation for ten seconds. Returns the rep."""
        self.answer(attempt, campaign=campaign, **offer)
        agent = self.attempt(attempt).agent
        assert agent is not None, f"nobody takes {attempt}"
        self.do(ev.Bridged(attempt, self.leg(agent), self.now))
        self.pass_s(10.0)
        return agent

    def attempt(self, name: str) -> Attempt:
        return self.floor.attempts[name]
