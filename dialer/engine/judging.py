"""What the end of a call says of the way it took, and what of that its lead has to bear."""

from __future__ import annotations

from collections import OrderedDict

from dialer.engine.trunks import TrunkBook
from dialer.far_end import FarEnd, far_end
from dialer.floor.commands import CloseAttempt
from dialer.words import Blame

#: Carriers say 503 of a number they cannot route, too. A lead that is refused so often while its
#: trunk takes others is not spared again.
SPARED_AT_MOST = 3
#: A lead whose call came to nothing before its number is not the first to be tried again.
REST_S = 60.0
#: After so long somebody has heard it ring.
RANG_S = 2.0
#: Leads of which that is remembered.
_REMEMBERED = 10_000
#: An answer like this is the trunk's when all its calls end so; so many are taken back then.
_SUSPECTS = 64


class Judge:
    """Tells every trunk's breaker how its calls end, in the order in which they do."""

    def __init__(self, trunks: TrunkBook) -> None:
        self._trunks = trunks
        self._spared: OrderedDict[str, int] = OrderedDict()
        #: By trunk: attempts that were booked on their leads since its last sign of life.
        self._suspects: dict[str, list[str]] = {}

    def heard(self, attempt: str, now: float, *, rings: bool) -> None:
        """The attempt rings, or is answered, or its end came from beyond its trunk."""
        if not rings:
            self._suspects.pop(self._trunks.trunk_of(attempt), None)
        self._trunks.sign(attempt, now, rings=rings)

    def ended(self, record: CloseAttempt, now: float) -> tuple[Blame, list[str]]:
        """Whose doing the end was, and attempts of before that were the trunk's after all."""
        said = _said(record)
        blame, before = self._blame(record, said, now)
        if blame == "trunk" and (_rang_out_loud(record) or self._is_the_numbers(record)):
            blame = "lead"
        return blame, before

    def rest_s(self, lead: str) -> float:
        """How long a lead that is spared rests: longer each time its trunk takes others."""
        return REST_S * 4.0 ** max(0, self._spared.get(lead, 0) - 1)

    def _blame(
        self, record: CloseAttempt, said: FarEnd | None, now: float
    ) -> tuple[Blame, list[str]]:
        attempt, trunk = record.attempt, record.trunk
        if said is None:
            self._trunks.over(attempt, now)
            return "lead", []
        if said.blame == "switch":
            self._trunks.refused_by_switch(attempt, now)
            return "switch", []
        if said.blame == "trunk":
            self._trunks.refused(attempt, now)
            return "trunk", self._taken_back(trunk)
        if not said.shared or _rang_out_loud(record):
            self.heard(attempt, now, rings=False)
            return "lead", []
        return self._shared(record, said, now)

    def _shared(self, record: CloseAttempt, said: FarEnd, now: float) -> tuple[Blame, list[str]]:
        """The number's fault, or the trunk's if all its calls end so."""
        if said.outcome == "no_answer" and record.sip_code is None:
            # Somebody's phone may have rung without a word to us: that is a call to them.
            self._trunks.silent(record.attempt, now)
            return "lead", []
        self._trunks.refused(record.attempt, now, shared=True)
        if self._trunks.is_well(record.trunk):
            suspects = self._suspects.setdefault(record.trunk, [])
            suspects.append(record.attempt)
            del suspects[:-_SUSPECTS]
            return "lead", []
        return "trunk", self._taken_back(record.trunk)

    def _taken_back(self, trunk: str) -> list[str]:
        return [] if self._trunks.is_well(trunk) else self._suspects.pop(trunk, [])

    def _is_the_numbers(self, record: CloseAttempt) -> bool:
        """It is refused again and again by a trunk that takes other calls."""
        if not self._trunks.is_well(record.trunk):
            return False
        count = self._spared.pop(record.lead, 0) + 1
        if count > SPARED_AT_MOST:
            return True
        self._spared[record.lead] = count
        if len(self._spared) > _REMEMBERED:
            self._spared.popitem(last=False)
        return False


def _rang_out_loud(record: CloseAttempt) -> bool:
    """A phone rang, whatever ended it: whoever it belongs to has been called."""
    return record.ringing_at is not None and record.ended_at - record.ringing_at >= RANG_S


def _said(record: CloseAttempt) -> FarEnd | None:
    """What the far end said; None: it was answered, we gave it up, or nobody knows."""
    if record.answered_at is not None or record.outcome == "cancelled":
        return None
    if record.blame is None and record.hangup_cause == 0:
        return None
    return far_end(
        record.hangup_cause,
        record.sip_code,
        rang=record.ringing_at is not None,
        far_end_ended=record.blame == "switch",
        ring_time_over=record.hangup_cause == 19 and not record.sip_code,
    )
