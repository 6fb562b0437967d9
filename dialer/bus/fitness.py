"""Whether a Redis can carry the bus, by what it says of itself. Pure, over its INFO."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OLDEST = 5
_KEEPS = "noeviction"


def unfit(server: Mapping[str, Any], memory: Mapping[str, Any]) -> str:
    """Why not, and what to do; empty where nothing is wrong.

    `server`, `memory`: those sections of INFO. What a fork does not say is taken to be right.
    """
    version = str(server.get("redis_version", OLDEST))
    if int(version.split(".", 1)[0]) < OLDEST:
        return f"is {version}; {OLDEST} or later is needed"
    mode = server.get("redis_mode", "standalone")
    if mode == "cluster":
        return (
            "runs in cluster mode, which spreads pools over servers; name a single server "
            "(cluster-enabled no) in [bus] url"
        )
    if mode == "sentinel":
        return "is a sentinel, which keeps no data; name the server it watches in [bus] url"
    policy = memory.get("maxmemory_policy", _KEEPS)
    if policy != _KEEPS:
        return (
            f"forgets keys when its memory is full (maxmemory-policy {policy}), so that a line "
            f"could be taken twice; set maxmemory-policy {_KEEPS}"
        )
    return ""
