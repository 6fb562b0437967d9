"""Every error has one form, and nobody gets in without the token."""

from __future__ import annotations

import json

import httpx
import pytest

from dialer.features.sessions.identity import is_token
from dialer.kit.errors import Kind, Refused, not_found
from dialer.kit.problems import refused_response
from dialer.ports.control import Refusal
from dialer.ports.store import StoreError


def is_problem(answer: httpx.Response, status: int, slug: str) -> bool:
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, body["status"]) == (status, status)
    assert body["type"] == f"urn:dialer:problem:{slug}"
    assert body["detail"]
    assert "\n" not in body["detail"]
    return True


async def every_operation(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """But for logging in, where everybody comes from."""
    document = (await client.get("/api/v1/openapi.json")).json()
    return [
        (method.upper(), path.replace("{order}", "start").replace("{", "").replace("}", ""))
        for path, operations in document["paths"].items()
        for method in operations
        if (method, path) != ("post", "/api/v1/session")
    ]


async def test_no_operation_answers_a_stranger_from_elsewhere(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    operations = await every_operation(client)

    assert len(operations) > 20
    for method, path in operations:
        answer = await stranger.request(method, path)
        assert is_problem(answer, 401, "token-missing"), (method, path)


@pytest.mark.parametrize("sent", ["Bearer wrong", "Basic YTpi", "Bearer", "bearer  ", "x"])
async def test_a_wrong_token_is_no_token(stranger: httpx.AsyncClient, sent: str) -> None:
    answer = await stranger.get("/api/v1/floors", headers={"Authorization": sent})

    slug = "token-wrong" if sent == "Bearer wrong" else "token-missing"
    assert is_problem(answer, 401, slug)


def test_an_empty_token_lets_nobody_in() -> None:
    assert not is_token("", "")
    assert not is_token("x", "")
    assert is_token("x", "x")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_health_and_figures_are_open_on_this_machine_only(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, path: str
) -> None:
    del client.headers["Authorization"]

    assert (await client.get(path)).status_code == 200
    assert is_problem(await stranger.get(path), 401, "token-missing")


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("DELETE", "/api/v1/floors", 405, "method-not-allowed"),
        ("POST", "/api/v1/campaigns", 422, "invalid-request"),
        ("POST", "/api/v1/campaigns/x/fly", 422, "invalid-request"),
        ("GET", "/api/v1/floors/none", 404, "no-such-pool"),
        ("GET", "/api/v1/campaigns/none", 404, "no-such-campaign"),
        ("GET", "/api/v1/agents/none", 404, "no-such-rep"),
        ("GET", "/api/v1/campaigns/none/cdr", 404, "no-such-campaign"),
    ],
)
async def test_every_error_is_a_problem(
    client: httpx.AsyncClient, method: str, path: str, status: int, slug: str
) -> None:
    assert is_problem(await client.request(method, path), status, slug)


async def test_all_faults_of_a_request_are_said_and_none_of_its_values(
    client: httpx.AsyncClient,
) -> None:
    body = {"code": 5, "contakt": "+493012345678", "phone": "fax"}

    answer = await client.post("/api/v1/agents", json=body)

    assert is_problem(answer, 422, "invalid-request")
    assert len(answer.json()["errors"]) == 3
    assert "12345" not in answer.text


async def test_a_store_that_is_down_is_503_and_says_when_to_come_again(
    client: httpx.AsyncClient, world
) -> None:
    async def down(_scope: object) -> list:
        raise StoreError("the database does not answer")

    world.store.campaigns.list = down

    answer = await client.get("/api/v1/campaigns")

    assert is_problem(answer, 503, "store-unavailable")
    assert answer.headers["retry-after"] == "5"


async def test_an_error_nobody_thought_of_is_a_problem_without_details(
    client: httpx.AsyncClient, world
) -> None:
    async def broken(*_scope: object) -> list:
        raise ZeroDivisionError("secret inside")

    world.store.campaigns.list = broken

    answer = await client.get("/api/v1/campaigns")

    assert is_problem(answer, 500, "internal-error")
    assert "secret" not in answer.text


async def test_the_document_describes_problems_and_the_token(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()

    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path in document["paths"].values():
        for operation in path.values():
            answer = operation["responses"]["422"]["content"]
            assert list(answer) == ["application/problem+json"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_a_reload_says_what_changed_and_what_waits(client: httpx.AsyncClient, world) -> None:
    from dialer.settings.changes import Reloaded

    world.outcome = Reloaded(["campaign.x.weight"], ["service.port"])

    answer = await client.post("/api/v1/reload")

    assert answer.json() == {"changed": ["campaign.x.weight"], "waiting": ["service.port"]}


async def test_a_refused_reload_is_a_conflict(client: httpx.AsyncClient, world) -> None:
    world.outcome = Refusal("invalid-settings", "dialer.toml:3: port: must be a whole number")

    assert is_problem(await client.post("/api/v1/reload"), 409, "invalid-settings")


async def test_readiness_names_the_part_that_is_not(client: httpx.AsyncClient, world) -> None:
    world.parts = {"store": None, "asterisk": "no manager link"}

    answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"] == {"store": "ok", "asterisk": "no manager link"}


async def test_figures_come_as_prometheus_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "dialer_calls_originated_total" in answer.text


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_refusal_has_a_status(kind: Kind) -> None:
    answer = refused_response(Refused(kind, "slug", "words", again_in_s=7))
    assert answer.status_code >= 400
    assert answer.headers["retry-after"] == "7"


def test_a_problem_tells_the_facts_its_words_speak_of() -> None:
    body = json.loads(bytes(refused_response(not_found("team", "north")).body))
    assert (body["type"], body["facts"]) == ("urn:dialer:problem:no-such-team", {"name": "north"})
