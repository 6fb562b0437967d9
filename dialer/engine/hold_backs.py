"""Why a running campaign places no call: pure, over the facts of the moment."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from dialer.ports.outlook import HoldBack, LeadOutlook
from dialer.words import CampaignMode, GaveOut


class Standing(Struct, frozen=True, kw_only=True):
    """What a campaign stands on. Times are unix seconds, on the clock of `now`."""

    now: float
    mode: CampaignMode = "auto"
    switch_up: bool = True
    clock_doubt: bool = False
    store_away: bool = False
    #: What gave out, if nothing but probes may go out.
    out: GaveOut = ""
    #: When a line of its trunks takes a call by its rate; None: no line is free.
    opens_at: float | None = 0.0
    present: int = 0
    ready: int = 0
    #: Calls on their way to a rep: they have not come to anything yet.
    on_the_way: int = 0
    #: None: not looked yet.
    outlook: LeadOutlook | None = None


def hold_backs(it: Standing) -> list[HoldBack]:
    """The plainest first; none while calls go out, and none is guessed before leads are known."""
    if it.on_the_way:
        return []
    found = [*_machine(it), *_way_out(it), *_leads(it), *_reps(it)]
    return found or ([HoldBack("pacing")] if it.outlook is not None else [])


def _machine(it: Standing) -> Iterator[HoldBack]:
    if it.mode == "manual":
        yield HoldBack("manual")
    if not it.switch_up:
        yield HoldBack("switch")
    if it.clock_doubt:
        yield HoldBack("clock")
    if it.store_away:
        yield HoldBack("store")


def _way_out(it: Standing) -> Iterator[HoldBack]:
    if not it.switch_up:
        return
    if it.out:
        yield HoldBack("switch_fails" if it.out == "switch" else "trunks")
    elif it.opens_at is None:
        yield HoldBack("lines")
    elif it.opens_at > it.now:
        yield HoldBack("calls_per_second", at=it.opens_at)


def _leads(it: Standing) -> Iterator[HoldBack]:
    seen = it.outlook
    if seen is None or seen.now:
        return
    asleep = sum(sleep.count for sleep in seen.asleep)
    held = seen.left - asleep
    if asleep:
        yield HoldBack("asleep", at=seen.next_at, count=asleep)
    elif held > 0:
        yield HoldBack("held", count=held)
    elif seen.stopped:
        yield HoldBack("lists_stopped", count=seen.stopped)
    else:
        yield HoldBack("list_through", count=seen.dnc or None)


def _reps(it: Standing) -> Iterator[HoldBack]:
    if not it.present:
        yield HoldBack("nobody_in")
    elif not it.ready:
        yield HoldBack("nobody_ready", count=it.present)
