"""The world of `tests.kit.world`, in which reps are also shown leads, dial and call back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dialer.floor import AgentState, CampaignRules, Phase
from dialer.floor import commands as cmd
from dialer.floor import events as ev
from tests.kit.world import CAMPAIGNS, NAMES, World


class BoundWorld(World):
    """Beside what must hold in a `World`: no lead is ever in two hands, or in none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.out_there: set[str] = set()
        #: What the story was about: what happened with calls of one rep's, and how often.
        self.told: Counter[str] = Counter()
        super().__init__(*args, **kwargs)

    # --- leads on their way -----------------------------------------------------------------------

    def happen(self, event: ev.Event) -> None:
        if isinstance(event, ev.LeadsOffered):
            self.out_there |= {offer.lead for offer in event.offers}
        elif isinstance(event, ev.CallbackOffered | ev.CallbackDue | ev.DialAsked):
            self.out_there.add(event.offer.lead)
        super().happen(event)

    def obey(self, command: cmd.Command) -> None:
        self.note(command)
        if isinstance(command, cmd.GiveBack):
            assert set(command.leads) <= self.out_there, "given back twice"
            self.out_there -= set(command.leads)
        elif isinstance(command, cmd.CloseAttempt | cmd.ForgetAttempt | cmd.SkipLead):
            assert command.lead in self.out_there
            self.out_there.discard(command.lead)
        super().obey(command)

    def note(self, command: cmd.Command) -> None:
        if isinstance(command, cmd.NoteMishap):
            self.told[command.slug] += 1
        elif isinstance(command, cmd.AgentMoved) and command.before != command.state:
            self.told[f"{command.before} {command.state}"] += 1
        elif isinstance(command, cmd.CloseAttempt) and command.bound:
            self.told[f"own {command.outcome}"] += 1
        elif isinstance(command, cmd.SkipLead):
            self.told["skip"] += 1

    def new_offer(self, mode: ev.CallMode = "auto") -> ev.Offer:
        self.offered += 1
        return ev.Offer(f"a{self.offered}", f"l{self.offered}", mode=mode)

    # --- actions ----------------------------------------------------------------------------------

    def a_mode_changes(self) -> None:
        mode = self.choose(["auto", "preview", "preview", "manual"])
        at_end = self.choose(["dial", "skip", "pause"])
        rules = CampaignRules(
            running=True, wrapup_limit=self.rules.wrapup_limit, hold_limit=5.0, sticky=True,
            mode=mode, preview_limit=3.0, preview_at_end=at_end,
        )  # fmt: skip
        self.happen(ev.CampaignSet(self.choose(CAMPAIGNS), rules))

    def a_rep_dials(self) -> None:
        name, offer = self.choose(NAMES), self.new_offer("manual")
        self.out_there.add(offer.lead)
        before = set(self.out_there)
        self.try_to(ev.DialAsked(name, self.choose(CAMPAIGNS), offer))
        if offer.lead not in set(self.in_hand()):
            # Refused: whoever asked gives the lead back himself.
            assert before == self.out_there
            self.out_there.discard(offer.lead)

    def a_rep_looks(self) -> None:
        name = self.choose(NAMES)
        wishes = [ev.PreviewDialed(name), ev.PreviewSkipped(name, "no"), ev.HangupAsked(name)]
        self.try_to(self.choose(wishes))

    def a_time_has_come(self) -> None:
        campaign, offer = self.choose(CAMPAIGNS), self.new_offer("callback")
        until = self.now + self.choose([0.5, 5.0, 50.0])
        due: list[ev.Event] = [ev.CallbackOffered(campaign, offer)]
        due += [ev.CallbackDue(name, campaign, offer, until) for name in NAMES]
        self.happen(self.choose(due))

    # --- what must hold ---------------------------------------------------------------------------

    def in_hand(self) -> Iterator[str]:
        """Every lead that the floor has."""
        floor = self.floor
        for campaign in floor.campaigns.values():
            yield from (offer.lead for offer in campaign.hopper)
        for agent in floor.agents.values():
            yield from (bound.offer.lead for bound in agent.queue)
            if agent.preview is not None:
                yield agent.preview.offer.lead
        yield from (attempt.lead for attempt in floor.attempts.values())

    def every_lead_is_in_one_hand(self) -> None:
        held = list(self.in_hand())
        assert len(held) == len(set(held))
        assert set(held) == self.out_there

    def who_has_a_call_of_their_own_is_kept_for_it(self) -> None:
        floor = self.floor
        for agent in floor.agents.values():
            assert (agent.preview is not None) == (agent.state is AgentState.PREVIEW), agent
            assert (agent.preview_ends is not None) == (agent.preview is not None)
            assert (agent.agent in floor.queued) == bool(agent.queue)
            if agent.state is AgentState.DIALING:
                attempt = floor.attempts[agent.attempt or ""]
                assert attempt.bound == agent.agent
            own = {AgentState.PREVIEW, AgentState.DIALING}
            assert agent.unpaced or agent.state not in own
        bound = [a for a in floor.attempts.values() if a.bound is not None]
        assert all(a.told == "settled" and a.attempt not in floor.unsettled for a in bound)

    def nobody_is_left_waiting_for_their_own_rep(self) -> None:
        """Whoever answers a call of one rep's has that rep at once."""
        for attempt in self.floor.attempts.values():
            if attempt.bound is not None and attempt.phase is Phase.WAITING:
                rep = self.floor.agents[attempt.bound]
                assert rep.state is not AgentState.DIALING or rep.phone != "parked" or rep.aside

    def check(self) -> None:
        super().check()
        self.every_lead_is_in_one_hand()
        self.who_has_a_call_of_their_own_is_kept_for_it()
        self.nobody_is_left_waiting_for_their_own_rep()


BOUND_ACTIONS = ("a_mode_changes", "a_rep_dials", "a_rep_looks", "a_time_has_come")
BOUND_WEIGHTS = (3, 4, 6, 4)
