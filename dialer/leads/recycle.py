"""What becomes of a lead after an attempt: pure, over rules that each campaign sets as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct, field

from dialer.far_end import far_end
from dialer.ports.store import Lead, LeadNext
from dialer.words import DispositionGroup, Fate, LeadEnd, LeadState, Outcome, UnwantedEnd

#: Whom a network's analytics kept our call from is left alone at least so long, whatever the rules
#: say: a day later it is another day everywhere.
NOT_TODAY_S = 24 * 3600.0


class Retry(Struct, frozen=True, forbid_unknown_fields=True):
    """Call again after so long, until the lead has had so many attempts in all."""

    after_minutes: float
    up_to_attempts: int

    def __post_init__(self) -> None:
        if self.after_minutes < 0 or self.up_to_attempts < 0:
            raise ValueError("after_minutes and up_to_attempts are not negative")


class DispositionRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What a rep's disposition does to the lead; `after_minutes` only for `retry`."""

    state: LeadEnd
    after_minutes: float = 0.0
    keep_agent: bool = False  # the next call goes to the same rep
    priority: int | None = None
    group: DispositionGroup = "contact"


class RecycleRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Per outcome when to call again. A talk ends the lead, unless its disposition says more."""

    no_answer: Retry = Retry(180, 6)
    busy: Retry = Retry(20, 8)
    # Declined by the callee or for the callee: not on the same day.
    refused: Retry = Retry(24 * 60, 4)
    # A callee who wants no such call (SIP 607) said so to whoever calls: a wrong call costs more
    # than a lead. "done" takes only this lead out, and leaves the list to a supervisor.
    unwanted: UnwantedEnd = "dnc"
    machine: Retry = Retry(240, 6)
    failed: Retry = Retry(60, 4)
    cancelled: Retry = Retry(30, 6)
    # Three days: a person who got silence is left alone (the United Kingdom's 72 hours).
    abandoned: Retry = Retry(72 * 60, 6)
    dispositions: dict[str, DispositionRule] = field(
        default_factory=lambda: {
            "sale": DispositionRule("done", group="sale"),
            "not_interested": DispositionRule("done"),
            "callback": DispositionRule(
                "retry", 24 * 60, keep_agent=True, priority=90, group="callback"
            ),
            "voicemail": DispositionRule("retry", 4 * 60, group="no_contact"),
            "wrong_number": DispositionRule("dead", group="no_contact"),
            "dnc": DispositionRule("dnc", group="dnc"),
        }
    )


def recycle_rules(settings: Mapping[str, Any]) -> RecycleRules:
    """The rules in a campaign's settings, under `recycle`. Raises ValueError naming the key."""
    try:
        return msgspec.convert(settings.get("recycle", {}), RecycleRules)
    except msgspec.ValidationError as error:
        raise ValueError(f"recycle: {error}") from error


def numbers_to_try(lead: Lead) -> list[str]:
    """All numbers that are alive, least tried first."""
    alive = [n for n in lead.numbers if not n.dead]
    return [n.number for n in sorted(alive, key=lambda n: n.attempts)]


def after_attempt(
    rules: RecycleRules,
    lead: Lead,
    number: str,
    outcome: Outcome,
    hangup_cause: int | None,
    *,
    now: float,
    number_is: Fate | None = None,
) -> LeadNext:
    """What becomes of `lead`, as it was before this attempt on `number`.

    `number_is`: what the far end's answer says of the number; None: judged by the cause.
    """
    if outcome == "connected":
        return LeadNext(LeadState.DONE, now)
    if number_is is None:
        number_is = far_end(hangup_cause or 0).number if outcome == "failed" else "alive"
    if number_is == "never":
        return _never_again(rules, now)
    if number_is == "dead" or _had_its_last_call(lead, number, outcome, number_is):
        return _without(lead, number, now)
    retry: Retry = getattr(rules, outcome)
    if lead.attempts + 1 >= retry.up_to_attempts:
        return LeadNext(LeadState.DEAD, now)
    after_s = retry.after_minutes * 60
    if number_is == "not_today":
        after_s = max(after_s, NOT_TODAY_S)
    declined = number_is == "once_more"
    return LeadNext(LeadState.RETRY, now + after_s, number_declined=declined)


def _never_again(rules: RecycleRules, now: float) -> LeadNext:
    if rules.unwanted == "dnc":
        return LeadNext(LeadState.DNC, now, number_unwanted=True)
    return LeadNext(LeadState.DONE, now, number_dead=True)


def _had_its_last_call(lead: Lead, number: str, outcome: Outcome, number_is: Fate) -> bool:
    """It was declined before, and this call reached whoever has it, or those who refuse for them.

    A call that failed on its way was none.
    """
    was_declined = any(n.number == number and n.declined for n in lead.numbers)
    return was_declined and not (outcome == "failed" and number_is == "alive")


def _without(lead: Lead, number: str, now: float) -> LeadNext:
    """The lead's other numbers, at once, if it has any that live."""
    others = any(n.number != number and not n.dead for n in lead.numbers)
    return LeadNext(LeadState.RETRY if others else LeadState.DEAD, now, number_dead=True)


def after_disposition(
    rules: RecycleRules,
    disposition: str,
    *,
    now: float,
    agent_id: str | None = None,
    call_back_at: float | None = None,
) -> LeadNext | None:
    """What a disposition does to the lead; None: nothing, it stays as the outcome left it.

    `call_back_at` is the time the rep and the callee agreed on; it wins over the rule's.
    """
    rule = rules.dispositions.get(disposition)
    if rule is None:
        return None
    at = now
    if rule.state == "retry":
        at = now + rule.after_minutes * 60 if call_back_at is None else call_back_at
    owner = agent_id if rule.keep_agent else None
    return LeadNext(
        LeadState(rule.state), at, priority=rule.priority, owner=owner, result_group=rule.group
    )
