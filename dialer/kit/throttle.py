"""How often a login may be tried, as a state machine over time.

Guessing is slowed where it happens: one account from one address. A stranger must not be able to
lock out a colleague behind the same address, or an owner by name, so nothing a stranger does counts
against a browser that has logged in to the account before, and an address that keeps guessing is
made slow but never refused (docs/decisions/0007).
"""

from __future__ import annotations

import ipaddress
from collections import Counter, OrderedDict
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

Key = TypeVar("Key")
Value = TypeVar("Value")


class Rule(Struct, frozen=True):
    free: int  # wrong tries before there is a wait
    first_wait_s: float
    longest_wait_s: float
    forget_after_s: float  # without a wrong try


#: One account from one address, or one account from one browser that is known to it.
PAIR_RULE = Rule(free=5, first_wait_s=1.0, longest_wait_s=60.0, forget_after_s=900.0)
#: One account from everywhere it was never rightly opened from: many machines that guess together.
ACCOUNT_RULE = Rule(free=50, first_wait_s=1.0, longest_wait_s=30.0, forget_after_s=3600.0)
#: One address, whatever the names. A whole floor may sit behind it and forget its passwords on
#: Monday morning. These waits are not refusals: the try is answered so much later.
ADDRESS_RULE = Rule(free=30, first_wait_s=0.1, longest_wait_s=2.0, forget_after_s=3600.0)
#: Tries of one address that may be waiting for their answers at a time: two seconds of hashing.
WAITING_AT_ONCE = 100


class Tries(Struct, frozen=True):
    """The wrong tries so far, and until when none is taken. Times are unix seconds."""

    count: int = 0
    last_at: float = 0.0
    closed_until: float = 0.0


def wait_s(tries: Tries, now: float) -> float:
    """Seconds until the next try is taken; 0: at once."""
    return max(0.0, tries.closed_until - now)


def after_failure(tries: Tries, now: float, rule: Rule) -> Tries:
    """One wrong try more."""
    old = tries if now - tries.last_at < rule.forget_after_s else Tries()
    count = old.count + 1
    over = count - rule.free
    # The exponent is bounded: an address that tries for a month must not overflow a float.
    wait = min(rule.first_wait_s * 2.0 ** min(over - 1, 40), rule.longest_wait_s) if over > 0 else 0
    return Tries(count, now, max(old.closed_until, now + wait) if wait else old.closed_until)


def after_success(tries: Tries) -> Tries:
    """A right password forgives the try that was counted when it came in."""
    return replace(tries, count=max(0, tries.count - 1), closed_until=0.0)


def address_key(address: str) -> str:
    """Who an address is: an IPv6 subscriber has a whole /64 to choose from."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


class Verdict(Struct, frozen=True):
    """`refused_s`: come again in so many seconds; 0: the try is taken, after `delay_s`."""

    refused_s: float = 0.0
    delay_s: float = 0.0


class Throttle:
    """All accounts, addresses and browsers that tried lately, at most `size` of each."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._pairs: OrderedDict[tuple[str, str], Tries] = OrderedDict()
        self._accounts: OrderedDict[str, Tries] = OrderedDict()
        self._addresses: OrderedDict[str, Tries] = OrderedDict()
        #: Pairs that opened rightly: what many machines do elsewhere is nothing to them.
        self._good: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._waiting: Counter[str] = Counter()

    def begin(self, account: str, address: str, now: float, *, device: str = "") -> Verdict:
        """Take a try, or say how many seconds to wait.

        A try counts as wrong from its beginning: many at once gain nothing. `device`: what proves
        an earlier login to this account from the same browser.
        """
        key = address_key(address)
        pair = (account, f"device {device}" if device else key)
        by_pair = self._pairs.get(pair, Tries())
        by_account = Tries() if device or pair in self._good else self._of_account(account)
        if wait := max(wait_s(by_pair, now), wait_s(by_account, now)):
            return Verdict(refused_s=wait)
        if not device and self._waiting[key] >= WAITING_AT_ONCE:
            return Verdict(refused_s=1.0)
        self._keep(self._pairs, pair, after_failure(by_pair, now, PAIR_RULE))
        if device:
            return Verdict()
        if pair not in self._good:
            self._keep(self._accounts, account, after_failure(by_account, now, ACCOUNT_RULE))
        tries = after_failure(self._addresses.get(key, Tries()), now, ADDRESS_RULE)
        self._keep(self._addresses, key, tries)
        return Verdict(delay_s=_delay_s(tries))

    def waits(self, address: str) -> None:
        """A try of this address waits for its answer, until `waited`."""
        self._waiting[address_key(address)] += 1

    def waited(self, address: str) -> None:
        key = address_key(address)
        self._waiting[key] -= 1
        if self._waiting[key] <= 0:
            del self._waiting[key]

    def succeeded(self, account: str, address: str, *, device: str = "") -> None:
        """The try was right: it starts anew, and the address and the account get it back."""
        key = address_key(address)
        self._pairs.pop((account, f"device {device}" if device else key), None)
        if device:
            return
        for tries, of in ((self._accounts, account), (self._addresses, key)):
            if of in tries:
                self._keep(tries, of, after_success(tries[of]))
        self._keep(self._good, (account, key), None)

    def _of_account(self, account: str) -> Tries:
        return self._accounts.get(account, Tries())

    def _keep(self, where: OrderedDict[Key, Value], key: Key, value: Value) -> None:
        where[key] = value
        where.move_to_end(key)
        while len(where) > self._size:
            where.popitem(last=False)


def _delay_s(tries: Tries) -> float:
    return max(0.0, tries.closed_until - tries.last_at)
