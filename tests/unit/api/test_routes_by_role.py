"""Every route, and who may use it: the table, and a walk over all of it."""

from __future__ import annotations

import re

import pytest

from dialer.accounts.roles import BUILT_IN
from dialer.api.app import create_app
from dialer.api.document import operations

# A route stands in one line. "open": nobody needs to say who asks; "all": every role.
TABLE = """
GET    /healthz                              admin ops
GET    /readyz                               admin ops
GET    /metrics                              admin ops
GET    /api/v1/floors                        admin ops manager supervisor qa auditor
GET    /api/v1/floors/{pool}                 admin ops manager supervisor qa auditor
GET    /api/v1/campaigns                     all
POST   /api/v1/campaigns                     admin manager
GET    /api/v1/campaigns/{name}              all
POST   /api/v1/campaigns/{name}/{order}      admin manager supervisor
POST   /api/v1/campaigns/{name}/leads        admin manager
GET    /api/v1/campaigns/{name}/leads        admin manager supervisor qa rep auditor
POST   /api/v1/campaigns/{name}/leads/burned admin manager
POST   /api/v1/campaigns/{name}/leads/reset  admin manager
POST   /api/v1/campaigns/{name}/leads/search admin manager supervisor qa rep auditor
GET    /api/v1/leads/{lead}                  admin manager supervisor qa rep auditor
PATCH  /api/v1/leads/{lead}                  admin manager supervisor rep
PATCH  /api/v1/callbacks/{callback}          admin manager supervisor rep
DELETE /api/v1/callbacks/{callback}          admin manager supervisor rep
GET    /api/v1/campaigns/{name}/cdr          admin manager supervisor qa auditor
GET    /api/v1/agents                        all
POST   /api/v1/agents                        admin ops manager
GET    /api/v1/agents/{agent}                all
POST   /api/v1/agents/{agent}/login          admin manager supervisor rep
POST   /api/v1/agents/{agent}/ready          admin manager supervisor rep
POST   /api/v1/agents/{agent}/pause          admin manager supervisor rep
POST   /api/v1/agents/{agent}/logout         admin manager supervisor rep
POST   /api/v1/agents/{agent}/hangup         admin manager supervisor rep
POST   /api/v1/agents/{agent}/finish         admin manager supervisor rep
POST   /api/v1/agents/{agent}/hint           admin manager supervisor rep
GET    /api/v1/agents/{agent}/call           admin manager supervisor qa rep auditor
GET    /api/v1/agents/{agent}/desk           all
POST   /api/v1/agents/{agent}/notes          admin manager supervisor rep
POST   /api/v1/agents/{agent}/preview/dial   admin manager supervisor rep
POST   /api/v1/agents/{agent}/preview/skip   admin manager supervisor rep
POST   /api/v1/agents/{agent}/dial           admin manager supervisor rep
GET    /api/v1/agents/{agent}/callbacks      admin manager supervisor qa rep auditor
GET    /api/v1/agents/{agent}/calls          admin manager supervisor qa rep auditor
GET    /api/v1/agents/{agent}/unsaid         admin manager supervisor qa rep auditor
GET    /api/v1/agents/{agent}/today          all
POST   /api/v1/agents/{agent}/phone          admin manager supervisor rep
POST   /api/v1/supervision/phone             admin manager supervisor qa
GET    /api/v1/supervision                   admin manager supervisor qa
POST   /api/v1/supervision                   admin manager supervisor qa
PATCH  /api/v1/supervision/{supervision}     admin manager supervisor qa
POST   /api/v1/supervision/{supervision}/take-over admin manager supervisor qa
DELETE /api/v1/supervision/{supervision}     admin manager supervisor qa
POST   /api/v1/agents/{agent}/hold           admin manager supervisor rep
POST   /api/v1/agents/{agent}/resume         admin manager supervisor rep
POST   /api/v1/agents/{agent}/park           admin manager supervisor rep
POST   /api/v1/agents/{agent}/pickup         admin manager supervisor rep
POST   /api/v1/agents/{agent}/dtmf           admin manager supervisor rep
POST   /api/v1/agents/{agent}/recording      admin manager supervisor rep
POST   /api/v1/agents/{agent}/transfer       admin manager supervisor rep
POST   /api/v1/agents/{agent}/consult/complete admin manager supervisor rep
POST   /api/v1/agents/{agent}/consult/join   admin manager supervisor rep
POST   /api/v1/agents/{agent}/consult/cancel admin manager supervisor rep
POST   /api/v1/agents/{agent}/consult/swap   admin manager supervisor rep
GET    /api/v1/agents/{agent}/transfer-targets admin manager supervisor rep
GET    /api/v1/floors/{pool}/parked          admin manager supervisor rep
GET    /api/v1/calls/{attempt}/steps         admin manager supervisor qa auditor
POST   /api/v1/dnc                           admin manager supervisor rep
GET    /api/v1/dnc/unwanted/{campaign}       admin manager supervisor auditor
POST   /api/v1/dnc/unwanted/{campaign}       admin manager supervisor rep
POST   /api/v1/dnc/import                    admin manager
POST   /api/v1/dnc/check                     admin manager supervisor auditor
POST   /api/v1/dnc/remove                    admin manager
GET    /api/v1/dnc/changes                   admin manager
POST   /api/v1/dnc/changes/{change}/undo     admin manager
POST   /api/v1/reload                        admin ops
POST   /api/v1/session                       open
GET    /api/v1/session                       all
DELETE /api/v1/session                       all
PUT    /api/v1/session/password              all
GET    /api/v1/session/all                   all
DELETE /api/v1/session/others                all
POST   /api/v1/session/totp                  all
POST   /api/v1/session/totp/confirm          all
POST   /api/v1/session/totp/remove           all
GET    /api/v1/accounts                      admin manager auditor
POST   /api/v1/accounts                      admin
GET    /api/v1/accounts/{account}            admin manager auditor
PATCH  /api/v1/accounts/{account}            admin
POST   /api/v1/accounts/{account}/password   admin
POST   /api/v1/accounts/{account}/logout     admin
DELETE /api/v1/accounts/{account}/totp       admin
GET    /api/v1/roles                         admin ops manager auditor
GET    /api/v1/roles/{role}                  admin ops manager auditor
PUT    /api/v1/roles/{role}                  admin
DELETE /api/v1/roles/{role}                  admin
GET    /api/v1/teams                         admin ops manager supervisor qa auditor
POST   /api/v1/teams                         admin
PATCH  /api/v1/teams/{team}                  admin
DELETE /api/v1/teams/{team}                  admin
POST   /api/v1/teams/{team}/squads           admin
DELETE /api/v1/teams/{team}/squads/{squad}   admin
GET    /api/v1/tokens                        admin ops manager
POST   /api/v1/tokens                        admin ops manager
DELETE /api/v1/tokens/{token}                admin ops manager
GET    /api/v1/audit                         admin auditor
GET    /api/v1/alerts                             admin ops manager supervisor auditor
POST   /api/v1/alerts/{alert}/ack                 admin ops manager supervisor
GET    /api/v1/webhooks                           admin ops
GET    /api/v1/system/nodes                       admin ops
GET    /api/v1/system/trunks                      admin ops
GET    /api/v1/system/callers                     admin ops
GET    /api/v1/system/versions                    admin ops
GET    /api/v1/system/settings                    admin ops
GET    /api/v1/system/doctor                      admin ops
GET    /api/v1/system/log-level                   admin ops
PUT    /api/v1/system/log-level                   admin ops
GET    /api/v1/recordings                         admin manager supervisor qa auditor
GET    /api/v1/recordings/{recording}             admin manager supervisor qa auditor
GET    /api/v1/recordings/{recording}/audio       admin manager supervisor qa auditor
GET    /api/v1/pools/{pool}/results               admin manager supervisor qa rep auditor
GET    /api/v1/campaigns/{name}/schedule          all
PUT    /api/v1/campaigns/{name}/schedule          admin manager supervisor
POST   /api/v1/agents/{agent}/move                admin manager supervisor
POST   /api/v1/messages                           admin manager supervisor
GET    /api/v1/messages                           all
POST   /api/v1/messages/{message}/read            all
POST   /api/v1/pools/{pool}/settings/simulate     admin manager supervisor
GET    /api/v1/simulations/{simulation}           admin ops manager supervisor auditor
DELETE /api/v1/simulations/{simulation}           admin manager supervisor
GET    /api/v1/pools/{name}/settings              admin ops manager supervisor auditor
PUT    /api/v1/pools/{name}/settings              admin manager supervisor
POST   /api/v1/pools/{name}/settings/undo         admin manager supervisor
GET    /api/v1/pools/{name}/settings/versions     admin ops manager supervisor auditor
GET    /api/v1/campaigns/{name}/settings          admin ops manager supervisor auditor
PUT    /api/v1/campaigns/{name}/settings          admin manager supervisor
POST   /api/v1/campaigns/{name}/settings/undo     admin manager supervisor
GET    /api/v1/campaigns/{name}/settings/versions admin ops manager supervisor auditor
"""

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
