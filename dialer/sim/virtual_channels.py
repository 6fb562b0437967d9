"""What the virtual Asterisk knows of a channel, and the world it asks what becomes of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol

from dialer.ports.switch import CallToPlace, PhoneToCall
from dialer.words import AnsweredBy

Ends = Literal["answer", "no_answer", "busy", "failed"]
#: The Q.850 cause of a call that fails and the SIP code Asterisk has it from.
_CODES = {1: 404, 17: 486, 21: 403, 34: 503}


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one call if nobody interferes. Seconds from the order."""

    ends: Ends
    after_s: float = math.inf
    rings_after_s: float | None = None  #: None: no 180 and no 183 comes
    cause: int = 16  #: Q.850, where it fails
    sip_code: int | None = None  #: None: the usual one of the cause
    answered_by: AnsweredBy = "human"
    detected_as: AnsweredBy = "human"
    detection_s: float = 0.0  #: a machine detector listens so long
    patience_s: float = math.inf  #: after the answer, if no rep comes

    @property
    def code(self) -> int:
        """The SIP code of the answer that fails it; 0: none."""
        return _CODES.get(self.cause, 0) if self.sip_code is None else self.sip_code


class World(Protocol):
    """What callees and reps' phones do."""

    def callee(self, call: CallToPlace, now: float) -> Fate: ...

    def phone(self, phone: PhoneToCall, now: float) -> float | None:
        """Seconds until it is parked; None: it cannot be reached."""
        ...

    def bridged(self, attempt: str, leg: str, now: float) -> float:
        """They hear each other: seconds until the callee hangs up, inf if the rep is to end it."""
        ...


@dataclass(slots=True, eq=False)
class Call:
    call: CallToPlace
    fate: Fate
    placed_at: float
    state: Literal["down", "ringing", "up", "ended"] = "down"
    doing: Literal["", "asking", "message", "bridge", "hold"] = ""
    answered_at: float | None = None
    bridged_at: float | None = None
    asked_at: float = 0.0
    leg: Leg | None = None
    last_leg: str | None = None
    talked: bool = False
    stage: str = ""
    #: Counts what the dialplan did: a timer set for an earlier count is void.
    turn: int = 0


@dataclass(slots=True, eq=False)
class Leg:
    phone: PhoneToCall
    parked: bool = False
    gone: bool = False
    call: Call | None = None
    #: Whom it hears beside a callee, or instead of one.
    other: Leg | None = None
