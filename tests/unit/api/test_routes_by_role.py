"""Every route, and who may use it: the table, and a walk over all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dialer.api.app import create_app
from dialer.api.document import operations
from dialer.features.roles.built_in import BUILT_IN

# A route stands in one line. "open": nobody needs to say who asks; "all": every role.
TABLE = (Path(__file__).parent / "routes_by_role.txt").read_text(encoding="utf-8")

ROUTES = {
    (method, path): who.split()
    for method, path, who in (line.split(None, 2) for line in TABLE.strip().splitlines())
}


def test_the_table_has_every_route_and_no_other(world) -> None:
    served = {(method, path) for method, path, _ in operations(create_app(world.context()))}

    assert served == set(ROUTES)


def test_only_logging_in_needs_nobody(world) -> None:
    found = operations(create_app(world.context()))
    without = {(method, path) for method, path, needed in found if needed is None}

    assert without == {route for route, who in ROUTES.items() if who == ["open"]}


def test_the_document_names_each_routes_permission_and_an_id_of_its_own(world) -> None:
    app = create_app(world.context())
    document = app.openapi()
    ids = [it["operationId"] for path in document["paths"].values() for it in path.values()]

    assert len(ids) == len(set(ids))
    for method, path, needed in operations(app):
        operation = document["paths"][path][method.lower()]
        assert operation.get("x-permission") == (needed.permission if needed else None)
        assert ("401" in operation["responses"]) or needed is None


@pytest.mark.parametrize("role", sorted(BUILT_IN))
async def test_a_role_gets_through_where_the_table_says_and_nowhere_else(people, role: str) -> None:
    account = await people.add(role, team="north")
    passed, refused = set(), set()
    for method, path in ROUTES:
        # From another machine, where health and figures are not open; each time logged in anew,
        # for one of the routes logs out.
        async with people.browser(account) as client:
            client._transport.client = ("192.0.2.7", 4711)  # type: ignore[attr-defined]
            client.cookies.set("__Host-dialer", client.cookies["dialer"])
            address = re.sub(r"\{(\w+)\}", r"no-\1", path.replace("{order}", "start"))
            answer = await client.request(method, address)
        is_problem = answer.headers.get("content-type") == "application/problem+json"
        slug = answer.json()["type"] if is_problem else ""
        assert answer.status_code < 500, (method, path, answer.text)
        is_refused = answer.status_code == 403 and slug.endswith(":not-allowed")
        assert is_refused or answer.status_code not in {401, 403}, (method, path, answer.text)
        (refused if is_refused else passed).add((method, path))

    meant = {route for route, who in ROUTES.items() if {role, "all", "open"} & set(who)} - {
        ("POST", "/api/v1/session")
    }
    assert passed - {("POST", "/api/v1/session")} == meant
    assert refused == set(ROUTES) - meant - {("POST", "/api/v1/session")}
