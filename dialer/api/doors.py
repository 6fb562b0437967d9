"""How many may come in, and how long they may take to say what they want. Pure: `now` is given.

Whoever has shown a session or a token is somebody; everybody else is a stranger. Strangers share a
few places, so that idle connections, half requests and silent WebSockets never take the
descriptors that calls, the store and recordings need. Where strangers' places are taken, the one
who has waited longest without asking for anything makes room: an honest browser asks within
milliseconds, so a flood turns out its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from typing import Literal

from msgspec import Struct

#: A request's head, from its first byte (of a new connection: from the beginning), is complete
#: within this. The slowest line needs a second for one.
HEAD_WITHIN_S = 10.0
#: A body brings so many bytes in each such time, while the service takes them: far slower than
#: any line a list of leads is sent over, so that a real upload is never hurt.
BODY_WINDOW_S = 30.0
BODY_LEAST_BYTES = 1024

#: Nothing asked, a request's head on its way, its body on its way, all of it there.
Phase = Literal["idle", "head", "body", "whole"]


class Limits(Struct, frozen=True):
    """Most connections: in all, of strangers, of strangers at one address, of one somebody."""

    all: int
    strangers: int
    per_address: int
    per_person: int = 256


def limits(wanted: int, descriptors: int) -> Limits:
    """`wanted` connections, but at most half of the descriptors this process may open.

    The other half is kept back: a call in set-up, its recording and the store's own connections
    need some each, and they need them when the doors are fullest.
    """
    most = max(16, min(wanted, descriptors // 2))
    return Limits(all=most, strangers=max(8, most // 4), per_address=max(4, most // 16))


class Arrival:
    """How a connection's requests come in: is the one that is on its way too slow?"""

    def __init__(self, now: float) -> None:
        self.phase: Phase = "head"
        self._since, self._bytes = now, 0

    def came(self, size: int) -> None:
        self._bytes += size

    def stands(self, phase: Phase, now: float) -> None:
        """What the bytes so far amount to."""
        if phase != self.phase:
            self.phase = phase
            self._since, self._bytes = now, 0

    def is_late(self, now: float, *, is_taken: bool = True) -> bool:
        """`is_taken`: the service reads; where it does not, the slowness is its own."""
        if self.phase == "head":
            return now - self._since >= HEAD_WITHIN_S
        if self.phase != "body":
            return False
        if is_taken and now - self._since < BODY_WINDOW_S:
            return False
        is_slow = is_taken and self._bytes < BODY_LEAST_BYTES
        self._since, self._bytes = now, 0
        return is_slow


class Place:
    """One connection inside. `waits`: it asks for nothing that is being done; `leave` ends it."""

    def __init__(self, doors: Doors, address: str) -> None:
        self._doors, self.address = doors, address
        self.who: str | None = None
        self.waits: Callable[[], bool] = lambda: True
        self.leave: Callable[[], None] = lambda: None

    def known(self, who: str) -> None:
        """What it asks now is asked by somebody."""
        self._doors.known(self, who)

    def stranger(self) -> None:
        """Something new is asked: nobody knows yet by whom. A proxy's connection serves many."""
        self._doors.stranger(self)

    def gone(self) -> None:
        self._doors.gone(self)


class Doors:
    """Who is inside. `trusted`: addresses of proxies, behind which anybody may be."""

    def __init__(self, limits: Limits, trusted: Collection[str] = ()) -> None:
        self.limits, self._trusted = limits, trusted
        #: In order of when they became strangers.
        self._strangers: dict[Place, None] = {}
        self._somebody: dict[Place, None] = {}
        self._addresses: Counter[str] = Counter()
        self._people: Counter[str] = Counter()
        self.turned_away = 0

    def __len__(self) -> int:
        return len(self._strangers) + len(self._somebody)

    @property
    def strangers(self) -> int:
        return len(self._strangers)

    def enter(self, address: str) -> Place | None:
        """A place for a new connection, if need be one that another had; None: there is none."""
        if not self._has_room(address):
            self.turned_away += 1
            return None
        place = Place(self, address)
        self._add_stranger(place)
        return place

    def known(self, place: Place, who: str) -> None:
        """Who has too many connections already stays a stranger with this one."""
        if place not in self._strangers or self._people[who] >= self.limits.per_person:
            return
        self._remove(place)
        place.who = who
        self._somebody[place] = None
        self._people[who] += 1

    def stranger(self, place: Place) -> None:
        if place in self._somebody:
            self._remove(place)
            self._add_stranger(place)

    def gone(self, place: Place) -> None:
        self._remove(place)

    # --- how -------------------------------------------------------------------------------------

    def _has_room(self, address: str) -> bool:
        here = 0 if address in self._trusted else self._addresses[address]
        if here >= self.limits.per_address and not self._made_room(address):
            return False
        if len(self._strangers) < self.limits.strangers and len(self) < self.limits.all:
            return True
        return self._made_room(None)

    def _made_room(self, address: str | None) -> bool:
        """Have the stranger who has waited longest leave; of `address`, or of any."""
        for place in self._strangers:
            if (address is None or place.address == address) and place.waits():
                self._remove(place)
                self.turned_away += 1
                place.leave()
                return True
        return False

    def _add_stranger(self, place: Place) -> None:
        self._strangers[place] = None
        self._addresses[place.address] += 1

    def _remove(self, place: Place) -> None:
        if place in self._strangers:
            del self._strangers[place]
            _less(self._addresses, place.address)
        elif place in self._somebody:
            del self._somebody[place]
            assert place.who is not None
            _less(self._people, place.who)
            place.who = None


def _less(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
