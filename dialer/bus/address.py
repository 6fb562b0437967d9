"""Where a Redis is: its URL taken apart, and a name for it that may stand in a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from dialer.ports.bus import BusError

_FORM = "write it as redis://[user:password@]host[:port][/number]"


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """One Redis database; `shown` has no secret in it."""

    host: str
    port: int
    db: int
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    tls: bool = False

    @property
    def shown(self) -> str:
        return f"{self.host}:{self.port}/{self.db}"


def redis_address(url: str) -> RedisAddress:
    """The parts of a redis:// or rediss:// URL; raises BusError when it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or 6379
        db = int(parts.path.strip("/") or 0)
    except ValueError:
        raise BusError(f"the Redis address has a wrong port or database; {_FORM}") from None
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or db < 0:
        raise BusError(f"the Redis address is no Redis URL; {_FORM}")
    return RedisAddress(
        host=parts.hostname,
        port=port,
        db=db,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=parts.scheme == "rediss",
    )
