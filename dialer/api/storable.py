"""What a request may hold: text and numbers that every store, log and answer can hold as well.

JSON can write half of a sign (a lone surrogate), which no encoding has, and NUL, which PostgreSQL
does not take; Python reads both, and `NaN`, and numbers of any length. Found here, once for all
routes, they are a fault of the request; found later, they were ours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection

from dialer.kit.errors import bad_request

_UNHOLDABLE = re.compile("[\x00\ud800-\udfff]")
#: What a column of whole numbers holds.
_LARGEST = 2**63 - 1


async def storable(connection: HTTPConnection) -> None:
    """A dependency of every route. Raises Refused: 422."""
    for where, value in [*_said(connection), *await _body(connection)]:
        if fault := fault_of(value):
            raise bad_request("invalid-request", f"{where}: {fault}")


async def _body(connection: HTTPConnection) -> Iterable[tuple[str, Any]]:
    """What a body of JSON says. A body that is a file is read by whoever takes it."""
    route = connection.scope.get("route")
    if not isinstance(connection, Request) or not isinstance(route, APIRoute):
        return ()
    if not _is_json(route) or not await connection.body():
        return ()
    try:
        return _inside(await connection.json(), "body")
    except (ValueError, RecursionError):
        return ()  # no JSON at all, which is said elsewhere


def _is_json(route: APIRoute) -> bool:
    """By its shape, or by what its document says where it reads the body itself."""
    said = (route.openapi_extra or {}).get("requestBody", {}).get("content", {})
    return route.body_field is not None or "application/json" in said


def fault_of(value: Any) -> str:
    """Why a text or number cannot be held; "" when it can."""
    if isinstance(value, str):
        found = _UNHOLDABLE.search(value)
        if found is None:
            return ""
        what = "NUL" if found[0] == "\x00" else "half a sign (a lone surrogate)"
        return f"{what} is no text"
    if isinstance(value, float) and not math.isfinite(value):
        return "this is no number"
    if isinstance(value, int) and abs(value) > _LARGEST:
        return "this number is too large"
    return ""


def _said(connection: HTTPConnection) -> Iterator[tuple[str, str]]:
    for name, value in connection.path_params.items():
        yield f"path.{name}", value
    for name, value in connection.query_params.multi_items():
        yield "query", name
        yield f"query.{_shown(name)}", value


def _inside(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Every text and number, keys included, with where it is. Without recursion: a body may be
    nested as deep as it likes.
    """
    left = [(where, value)]
    while left:
        at, it = left.pop()
        if isinstance(it, dict):
            yield from ((at, key) for key in it)
            left += [(f"{at}.{_shown(key)}", inner) for key, inner in it.items()]
        elif isinstance(it, list):
            left += [(f"{at}.{index}", inner) for index, inner in enumerate(it)]
        else:
            yield at, it


def _shown(name: str) -> str:
    return _UNHOLDABLE.sub("�", name)
