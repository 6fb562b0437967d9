"""A pacer's last decision as screens see it: what `Pacer.explain` tells, by name and unit."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

#: Only the predictive method tells it, and only once it knows.
Learned = float | None | UnsetType


class Sentence(Struct, frozen=True):
    """The decision in a line."""

    en: str
    zh: str


class WindowFacts(Struct, frozen=True):
    """A legal window as the pacer keeps it; `budget` and `reserve` in people."""

    group: str
    limit: float
    answered: float
    abandoned: float
    budget: float
    closes_at: float | None
    overdraft: Learned = UNSET
    threshold: Learned = UNSET
    trim: Learned = UNSET
    reserve: Learned = UNSET
    gain: Learned = UNSET


class PacingView(Struct, frozen=True):
    """`place`: calls to start now. Rates and chances are 0 to 1, `_s` are seconds."""

    method: str
    at: float | None
    place: int
    ready: int
    talking: int
    wrapup: int
    away: int
    leaving: int
    ringing: int
    waiting: int
    answered: float
    abandoned: float
    abandoned_by_vanished_reps: int
    vanished_reps: int
    windows: list[WindowFacts]
    bound_by: str | None
    why: Sentence
    answer_rate: Learned = UNSET
    threshold: Learned = UNSET
    chance: Learned = UNSET
    expected_free: Learned = UNSET
    expected_answers: Learned = UNSET
    horizon_s: Learned = UNSET
    given_up: int | UnsetType = UNSET
    given_up_chance: Learned = UNSET
    patience_s: Learned = UNSET
    changes_noticed: int | UnsetType = UNSET
    #: Of the adaptive method alone: calls per ready rep, and what it steers by.
    level: float | UnsetType = UNSET
    drop_rate_today: float | UnsetType = UNSET
