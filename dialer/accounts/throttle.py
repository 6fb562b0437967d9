"""How often a login may be tried: by account and by address, as a state machine over time.

A wrong try costs the account, and the address it came from, one try. The first few are free; each
further one doubles the wait. An account's wait stays short, for a stranger must not be able to lock
somebody out; the address that keeps guessing waits long.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

from msgspec import Struct
from msgspec.structs import replace


class Rule(Struct, frozen=True):
    free: int  # wrong tries before there is a wait
    first_wait_s: float
    longest_wait_s: float
    forget_after_s: float  # without a wrong try


ACCOUNT_RULE = Rule(free=5, first_wait_s=1.0, longest_wait_s=60.0, forget_after_s=900.0)
#: A whole floor may sit behind one address and forget its passwords on Monday morning.
ADDRESS_RULE = Rule(free=30, first_wait_s=1.0, longest_wait_s=900.0, forget_after_s=3600.0)


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


class Throttle:
    """All accounts and addresses that tried lately, at most `size` of each."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._accounts: OrderedDict[str, Tries] = OrderedDict()
        self._addresses: OrderedDict[str, Tries] = OrderedDict()

    def begin(self, account: str, address: str, now: float) -> float:
        """Take a try, or say how many seconds to wait.

        A try counts as wrong from its beginning: many at once gain nothing.
        """
        key = address_key(address)
        by_account = self._accounts.get(account, Tries())
        by_address = self._addresses.get(key, Tries())
        if wait := max(wait_s(by_account, now), wait_s(by_address, now)):
            return wait
        self._keep(self._accounts, account, after_failure(by_account, now, ACCOUNT_RULE))
        self._keep(self._addresses, key, after_failure(by_address, now, ADDRESS_RULE))
        return 0.0

    def succeeded(self, account: str, address: str) -> None:
        """The try was right: the account starts anew, the address gets its try back."""
        self._accounts.pop(account, None)
        key = address_key(address)
        if key in self._addresses:
            self._keep(self._addresses, key, after_success(self._addresses[key]))

    def _keep(self, where: OrderedDict[str, Tries], key: str, tries: Tries) -> None:
        where[key] = tries
        where.move_to_end(key)
        while len(where) > self._size:
            where.popitem(last=False)
