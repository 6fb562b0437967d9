"""What becomes of a dialed number at the fake Asterisk: drawn by a law, or set by a test."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Literal

Kind = Literal["answer", "busy", "congestion", "unallocated", "no_answer"]

#: Q.850 cause, its text and the SIP code, as Asterisk 22 gives them.
FAILURES: dict[str, tuple[int, str, int]] = {
    "busy": (17, "User busy", 486),
    "congestion": (34, "Circuit/channel congestion", 503),
    "unallocated": (1, "Unallocated (unassigned) number", 404),
    "no_answer": (19, "User alerting, no answer", 480),
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What one callee does. Times in seconds; None: never by itself.

    `ring_after_s` and `answer_after_s` count from the Originate, `talk_s` from the bridge,
    `patience_s` from the answer: so long the callee waits for a rep. `has_early_media`: 183
    comes in place of 180.
    """

    kind: Kind = "answer"
    ring_after_s: float | None = 0.02
    answer_after_s: float = 0.05
    talk_s: float | None = None
    patience_s: float | None = None
    has_early_media: bool = False


Fates = Callable[[str, random.Random], Fate]


@dataclass(frozen=True, slots=True)
class CalleeLaw:
    """Draws fates: shares (0..1) of what happens, the rest rings out; times are lognormal.

    `speed` divides every time.
    """

    answer: float = 0.3
    busy: float = 0.05
    congestion: float = 0.01
    unallocated: float = 0.04
    early_media: float = 0.0
    dial_s: float = 0.02
    ring_s: float = 8.0
    ring_sigma: float = 0.5
    talk_s: float = 60.0
    talk_sigma: float = 0.6
    patience_s: float = 0.0
    speed: float = 1.0

    def __call__(self, number: str, rng: random.Random) -> Fate:
        """One draw; a patience of 0 waits for ever."""
        ring_s = rng.lognormvariate(math.log(self.ring_s), self.ring_sigma)
        talk_s = rng.lognormvariate(math.log(self.talk_s), self.talk_sigma)
        return Fate(
            self._kind(rng.random()),
            ring_after_s=self.dial_s / self.speed,
            answer_after_s=(self.dial_s + ring_s) / self.speed,
            talk_s=talk_s / self.speed,
            patience_s=self.patience_s / self.speed if self.patience_s else None,
            has_early_media=rng.random() < self.early_media,
        )

    def _kind(self, draw: float) -> Kind:
        kinds: tuple[Kind, ...] = ("answer", "busy", "congestion", "unallocated")
        for kind in kinds:
            draw -= getattr(self, kind)
            if draw < 0:
                return kind
        return "no_answer"


def parse_law(text: str) -> CalleeLaw:
    """`answer=0.4,ring_s=6,talk_s=30` as a law; ValueError names what is wrong."""
    known = {field.name for field in fields(CalleeLaw)}
    changes: dict[str, float] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, value = part.partition("=")
        if name not in known:
            raise ValueError(f"{name!r} is not one of {', '.join(sorted(known))}")
        try:
            changes[name] = float(value)
        except ValueError:
            raise ValueError(f"{name}={value!r}: a number is needed") from None
    return checked(replace(CalleeLaw(), **changes))


def checked(law: CalleeLaw) -> CalleeLaw:
    """`law` if its shares and times can be; ValueError otherwise."""
    shares = (law.answer, law.busy, law.congestion, law.unallocated, law.early_media)
    if any(not 0.0 <= share <= 1.0 for share in shares) or sum(shares[:4]) > 1.0 + 1e-9:
        raise ValueError("shares are 0 to 1, and together at most 1")
    if min(law.ring_s, law.talk_s, law.speed) <= 0 or min(law.dial_s, law.patience_s) < 0:
        raise ValueError("ring_s, talk_s and speed are above 0, dial_s and patience_s not below")
    return law
