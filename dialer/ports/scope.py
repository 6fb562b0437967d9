"""Whose data: what a person may see, said once for rows in memory and for rows of a database.

A team works in pools. Its calls are those of its reps, and those in its pools that no rep has yet.
A rep without an account belongs to every team that works in the rep's pool. A rule is a value:
`seen` asks it of rows in memory, `dialer.store.scope.visible` makes a condition in SQL of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from typing import ClassVar, TypeVar

from msgspec import Struct

T = TypeVar("T")
#: In a team's pools: all of them.
EVERY_POOL = "*"


class Reach(Struct, frozen=True, kw_only=True):
    """What may be seen. `everything` stands above the rest."""

    everything: bool = False
    agents: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()
    every_pool: bool = False
    #: Calls that no rep has yet: a team's business, not a rep's.
    waiting_calls: bool = False
    #: The pools of campaigns as the settings say, (campaign, pool): a campaign that was moved there
    #: is known to the store by the pool it was made in.
    homes: frozenset[tuple[str, str]] = frozenset()
    #: Ids of the leads that reps in reach have before them now.
    before: frozenset[str] = frozenset()


EVERYTHING = Reach(everything=True)
NOTHING = Reach()


def everything(why: str) -> Reach:
    """For who asks for rows that no person is shown as they are; `why` is for the reader."""
    return EVERYTHING


def whole(why: str) -> Callable[[T], T]:
    """Marks a query over all rows of a scoped table, with its reason."""
    return lambda query: query


# --- what rules are made of -----------------------------------------------------------------------


class Theirs(Struct, frozen=True):
    """A rep of this fact (or one of several) is in reach."""

    of: str


class Nobody(Struct, frozen=True):
    """This fact is empty."""

    of: str


class Here(Struct, frozen=True):
    """The pool is in reach: that of the campaign, where the settings name one."""


class Waiting(Struct, frozen=True):
    """Calls without a rep are in reach."""


class Before(Struct, frozen=True):
    """The lead of this fact is before a rep in reach."""

    of: str


class Either(Struct, frozen=True):
    rules: tuple[Rule, ...]


class Both(Struct, frozen=True):
    rules: tuple[Rule, ...]


Rule = Theirs | Nobody | Here | Waiting | Before | Either | Both


# --- the rules: facts of a row, and what of them decides ------------------------------------------


class OfPool(Struct, frozen=True):
    """A floor, a campaign, settings, a simulation."""

    rule: ClassVar[Rule] = Here()
    pool: str
    campaign: str = ""


class OfAgent(Struct, frozen=True):
    """A rep, and what is a rep's own."""

    rule: ClassVar[Rule] = Theirs("agent")
    agent: str | None


class OfSystem(Struct, frozen=True):
    """An alert, a live row: a pool's, or with none the whole system's, which everybody sees."""

    rule: ClassVar[Rule] = Either((Nobody("pool"), Here()))
    pool: str
    campaign: str = ""


class OfCall(Struct, frozen=True):
    """A call, live or over: its rep's, and without one the pool's."""

    rule: ClassVar[Rule] = Either((Theirs("agent"), Both((Nobody("agent"), Waiting(), Here()))))
    pool: str
    agent: str | None
    campaign: str = ""


class OfLead(Struct, frozen=True):
    """A lead: who was promised a call, who keeps it, who has it before him; where nobody keeps it,
    also who talked to it, and the team of the pool.
    """

    rule: ClassVar[Rule] = Either(
        (
            Theirs("promised"),
            Theirs("owner"),
            Before("lead"),
            Both((Nobody("owner"), Either((Theirs("talked"), Both((Waiting(), Here())))))),
        )
    )
    lead: str
    pool: str
    campaign: str
    owner: str | None
    promised: str | None = None
    talked: Set[str] = frozenset()


Facts = OfPool | OfAgent | OfSystem | OfCall | OfLead


# --- rows in memory -------------------------------------------------------------------------------


def seen(rows: Iterable[T], scope: Reach, facts: Callable[[T], Facts]) -> list[T]:
    """Those that may be seen, in order."""
    if scope.everything:
        return list(rows)
    return [row for row in rows if _holds((its := facts(row)).rule, scope, its)]


def is_seen(facts: Facts, scope: Reach) -> bool:
    """One row, by its facts."""
    return scope.everything or _holds(facts.rule, scope, facts)


def _holds(rule: Rule, scope: Reach, facts: Facts) -> bool:
    if isinstance(rule, Either):
        return any(_holds(part, scope, facts) for part in rule.rules)
    if isinstance(rule, Both):
        return all(_holds(part, scope, facts) for part in rule.rules)
    if isinstance(rule, Waiting):
        return scope.waiting_calls
    return _is_here(scope, facts) if isinstance(rule, Here) else _is_so(rule, scope, facts)


def _is_so(rule: Theirs | Nobody | Before, scope: Reach, facts: Facts) -> bool:
    fact = getattr(facts, rule.of)
    if isinstance(rule, Nobody):
        return not fact
    if isinstance(rule, Before):
        return fact in scope.before
    return not scope.agents.isdisjoint(fact) if isinstance(fact, Set) else fact in scope.agents


def _is_here(scope: Reach, facts: Facts) -> bool:
    assert not isinstance(facts, OfAgent)
    if scope.every_pool:
        return True
    named = [pool for campaign, pool in scope.homes if campaign == facts.campaign]
    return (named[0] if named else facts.pool) in scope.pools
