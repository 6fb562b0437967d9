"""Whom a rep who just became free takes: the callee who has waited longest of those he may take."""

from __future__ import annotations

from collections.abc import Iterable

from routing.candidates import Caller, Candidate, may_take


def next_caller(waiting: Iterable[Caller], candidate: Candidate) -> str | None:
    """The attempt of the longest-waiting caller this rep may take; one who knows him goes first."""
    eligible = [caller for caller in waiting if may_take(candidate, caller)]
    if not eligible:
        return None
    return min(eligible, key=lambda c: (c.sticky != candidate.agent, c.waiting_since)).attempt
