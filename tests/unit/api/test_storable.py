"""What no store, log or answer can hold is a fault of the request, on every route."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.api.storable import fault_of

HALF, NUL = "\\ud83d", "\\u0000"


def schema_at(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


async def with_bodies(client: httpx.AsyncClient) -> list[tuple[str, str, list[str]]]:
    """Every operation that takes JSON, with the names of its fields."""
    document, found = (await client.get("/api/v1/openapi.json")).json(), []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                schema = schema_at(document, content["application/json"]["schema"])
                found.append((method.upper(), path, sorted(schema.get("properties", {}))))
    return found


@pytest.mark.parametrize("bad", [HALF, NUL, f"fine {HALF} fine"])
async def test_half_a_sign_or_nul_is_a_422_on_every_route(
    client: httpx.AsyncClient, bad: str
) -> None:
    operations = await with_bodies(client)

    assert len(operations) > 30
    for method, template, fields in operations:
        path = template.replace("{order}", "start").replace("{", "").replace("}", "")
        deep = [f'{{"unknown": {{"{bad}": 1}}}}', f'{{"unknown": [["{bad}"]]}}']
        for body in [*(f'{{"{name}": "{bad}"}}' for name in fields), *deep]:
            sent = {"content": body, "headers": {"Content-Type": "application/json"}}
            answer = await client.request(method, path, **sent)
            assert answer.status_code == 422, (method, path, body, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 30, f"-{'9' * 4000}"])
async def test_what_is_no_number_or_too_large_is_a_422(
    client: httpx.AsyncClient, number: str
) -> None:
    answer = await client.post(
        "/api/v1/dnc",
        content=f'{{"numbers": ["+4915123456789"], "reason": {number}}}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422, answer.text


async def test_nul_in_an_address_is_a_422(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/agents/a%00b")).status_code == 422
    assert (await client.get("/api/v1/audit?who=a%00b")).status_code == 422


@given(st.text())
def test_any_whole_text_can_be_held(text: str) -> None:
    assert (fault_of(text) == "") == ("\x00" not in text)
    assert fault_of(json.loads(json.dumps(text))) == fault_of(text)


def test_signs_outside_the_first_plane_are_whole() -> None:
    assert fault_of(json.loads('"\\ud83d\\ude00"')) == ""
    assert fault_of("\ude00") != ""


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/session", f'{{"name": "{HALF}", "password": "a good password"}}'),
        ("/session", f'{{"name": "anna", "password": "a good {HALF} password"}}'),
        ("/dnc", f'{{"numbers": ["+4915123456789"], "reason": "{HALF}"}}'),
        ("/campaigns", f'{{"name": "spring", "settings": {{"title": "{HALF}"}}}}'),
        ("/agents", f'{{"agent": "1", "name": "{HALF}", "pool": "main", "phone": "1"}}'),
    ],
)
async def test_a_request_that_is_complete_but_for_half_a_sign_is_a_422(
    client: httpx.AsyncClient, path: str, body: str
) -> None:
    sent = {"Content-Type": "application/json"}
    answer = await client.post("/api/v1" + path, content=body, headers=sent)

    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "urn:dialer:problem:invalid-request"
    assert "lone surrogate" in answer.json()["detail"]
