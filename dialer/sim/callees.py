"""The callees of a scenario: what becomes of a call, drawn when it is placed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

from dialer.ports.store import Lead, LeadNumber
from dialer.ports.switch import CallToPlace
from dialer.sim.laws import Law
from dialer.sim.scenario import SHARES, CalleeSettings, steps
from dialer.sim.virtual_channels import Ends
from dialer.sim.virtual_switch import Fate
from dialer.words import LeadState
from dialer.zonedata import zone_named

DEAD_NUMBER, BUSY, CONGESTION, REJECTED = 1, 17, 34, 21
#: SIP 603: the callee declines.
DECLINED = 603

#: What the shares after the machines' stand for, in the order of SHARES.
_FAILS: tuple[tuple[Ends, int, int | None], ...] = (
    ("busy", BUSY, None),
    ("failed", CONGESTION, None),
    ("failed", DEAD_NUMBER, None),
    ("failed", REJECTED, DECLINED),
)


class Callees:
    """Those of one campaign. `zone` is where the scenario's times of day are read."""

    def __init__(self, settings: CalleeSettings, zone: str, chance: Random) -> None:
        self.settings, self.chance = settings, chance
        self._zone, self._midnight = zone_named(zone), -math.inf
        self._shares = [steps(getattr(settings, name)) for name in SHARES]
        self._setup, self._fails = settings.setup.build(), settings.fails_after.build()
        self._ring: Law = settings.ring.build()
        self._patience, self._detection = settings.patience.build(), settings.detection.build()
        self.machine_talk = settings.machine_talk.build()
        self.talk = settings.talk.build() if settings.talk is not None else None

    def fate(self, call: CallToPlace, now: float) -> Fate:
        """Who answers when, if anybody does."""
        chance, drawn = self.chance, self.chance.random()
        second = self.second_of_day(now)
        answer, machine, *others = (share.at(second) for share in self._shares)
        setup_s = self._setup.draw(chance)
        rings_s = 0.1 if chance.random() < self.settings.early_media_rate else setup_s
        if drawn < answer:
            return self._person(setup_s, rings_s)
        if (drawn := drawn - answer) < machine:
            return self._machine(setup_s, rings_s)
        return self._unanswered(drawn - machine, others, rings_s)

    def _unanswered(self, drawn: float, shares: Sequence[float], rings_s: float) -> Fate:
        for share, (ends, cause, code) in zip(shares, _FAILS, strict=True):
            if drawn < share:
                return Fate(ends, self._fails.draw(self.chance), cause=cause, sip_code=code)
            drawn -= share
        return Fate("no_answer", math.inf, rings_s)

    def _person(self, setup_s: float, rings_s: float) -> Fate:
        chance, settings = self.chance, self.settings
        ring_s = self._ring.draw(chance)
        at_once = chance.random() < settings.hangs_up_at_once_rate
        patience_s = chance.random() if at_once else self._patience.draw(chance)
        missed = chance.random() < settings.human_missed_rate
        detection_s = self._detection.draw(chance)
        return Fate(
            "answer",
            setup_s + ring_s,
            rings_s,
            detected_as="machine" if missed else "human",
            detection_s=detection_s,
            patience_s=patience_s if at_once else patience_s + detection_s,
        )

    def _machine(self, setup_s: float, rings_s: float) -> Fate:
        chance = self.chance
        ring_s = self._ring.draw(chance)
        missed = chance.random() < self.settings.machine_missed_rate
        return Fate(
            "answer",
            setup_s + ring_s,
            rings_s,
            answered_by="machine",
            detected_as="human" if missed else "machine",
            detection_s=self._detection.draw(chance),
        )

    def second_of_day(self, now: float) -> float:
        """Seconds after midnight in the scenario's zone."""
        if not 0 <= now - self._midnight < 86_400:
            local = datetime.fromtimestamp(now, self._zone)
            self._midnight = local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        return now - self._midnight


def with_dnc(
    make: Callable[[int], Lead], rate: float, listed: set[str], chance: Random
) -> Callable[[int], Lead]:
    """Leads of which a share has its numbers on the do-not-call list `listed`."""

    def made(nth: int) -> Lead:
        lead = make(nth)
        if chance.random() < rate:
            listed.update(number.number for number in lead.numbers)
        return lead

    return made


def lead_maker(
    campaign: str, number: int, settings: CalleeSettings, zone: str, chance: Random
) -> Callable[[int], Lead]:
    """Makes the nth lead of a list: ids and numbers that nobody has."""
    zones = list(settings.timezones) or [zone]
    weights = list(settings.timezones.values()) or [1.0]

    def make(nth: int) -> Lead:
        timezone = zones[0] if len(zones) == 1 else chance.choices(zones, weights)[0]
        first = nth * settings.numbers
        numbers = tuple(
            LeadNumber(f"+1{(number + 2) * 100_000_000 + first + i:010}")
            for i in range(settings.numbers)
        )
        return Lead(
            id=f"{campaign}-{nth}",
            campaign_id=campaign,
            list_name="",
            state=LeadState.NEW,
            priority=50,
            name="",
            timezone=timezone,
            language=None,
            owner=None,
            custom={},
            next_call_at=0.0,
            attempts=0,
            last_call_at=None,
            numbers=numbers,
        )

    return make
