"""The service keeps to its OpenAPI document: no 5xx, no undocumented status, type or shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable

from dialer.api.app import create_app
from dialer.api.document import document, operations
from dialer.features.calls.parts import CALLS
from dialer.features.system.parts import READINESS, RELOAD
from dialer.kit.context import ApiContext
from dialer.kit.parts import parts
from dialer.memory.store import InMemoryStore
from dialer.metrics import Metrics
from dialer.ports.clock import SystemClock
from dialer.settings import Settings, load
from dialer.settings.changes import Reloaded
from tests.kit.calls import FakeCalls
from tests.kit.control import FakeControl

schemathesis = pytest.importorskip("schemathesis")
TOKEN = "a-token-for-tests"


@pytest.fixture(scope="session")
def openapi_document() -> dict[str, Any]:
    """Made once per worker: it takes longer than all requests of a test."""
    return document(app_of_nothing())


@pytest.fixture
def api_schema(tmp_path: Path, openapi_document: dict[str, Any]) -> Any:
    path = tmp_path / "dialer.toml"
    path.write_text("[service]\nstate_dir = 'state'\n[campaign.spring]\n", encoding="utf-8")
    found = load(path, {})
    assert isinstance(found, Settings)

    async def reload(by: str) -> Reloaded:
        return Reloaded()

    async def readiness() -> dict[str, str | None]:
        return {"store": None}

    context = ApiContext(
        control=FakeControl(),
        store=InMemoryStore(),
        metrics=Metrics(),
        clock=SystemClock(),
        settings=lambda: found,
        token=TOKEN,
        parts=parts(
            CALLS.bind(FakeCalls()),
            RELOAD.bind(reload),
            READINESS.bind(readiness),
        ),
    )
    app = create_app(context)
    app.openapi_schema = openapi_document
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_headers_conformance,
    schemathesis.checks.response_schema_conformance,
]


def app_of_nothing() -> FastAPI:
    nothing: Any = None
    return create_app(ApiContext(*[nothing] * 6))


def every_operation() -> list[tuple[str, str]]:
    return [(method, path) for method, path, _ in operations(app_of_nothing())]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize(("method", "path"), every_operation())
def test_an_operation_answers_as_the_document_says(
    api_schema: Any, method: str, path: str, mode: Any
) -> None:
    @settings(
        max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(api_schema[path][method].as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, checks=CHECKS)

    try:
        holds()
    except Unsatisfiable:
        pytest.skip("nothing in this request can be wrong")
