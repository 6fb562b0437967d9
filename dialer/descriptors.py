"""How many files and sockets this process may have open at a time.

The soft limit most systems start a program with (1024) is for programs that use `select`; the hard
one beside it is what a server is meant to take.
"""

from __future__ import annotations

import resource
import sys

#: More than any floor needs; systems whose hard limit is a billion would make tables for as many.
ENOUGH = 65_536


def raised(wanted: int = ENOUGH) -> int:
    """Raise the soft limit to `wanted`, as far as the hard one allows; the limit then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= limit:
        return allowed()
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit


def allowed() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft
