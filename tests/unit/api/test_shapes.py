"""Records in the document: whole, once, and with the words that a field may hold."""

from __future__ import annotations

from typing import Any

import pytest

from dialer.api.document import document
from dialer.features.every import PERMISSIONS
from dialer.kit.shapes import components
from tests.unit.api.test_document_holds import app_of_nothing


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = document(app_of_nothing())["components"]["schemas"]
    return found


def test_what_goes_out_whole_has_every_field(schemas: dict[str, Any]) -> None:
    agent = schemas["AgentView"]
    assert agent["required"] == list(agent["properties"])
    assert not any("default" in it for it in agent["properties"].values())


def test_what_may_be_left_out_is_not_demanded(schemas: dict[str, Any]) -> None:
    pacing = schemas["PacingView"]
    assert "place" in pacing["required"]
    assert "answer_rate" not in pacing["required"]


def test_words_stand_in_the_document(schemas: dict[str, Any]) -> None:
    assert "parked" in schemas["AgentView"]["properties"]["phone"]["enum"]
    assert "wrapup" in schemas["AgentView"]["properties"]["state"]["enum"]
    assert set(schemas["Session"]["properties"]["permissions"]["items"]["enum"]) == set(PERMISSIONS)


def test_no_record_is_described_a_second_time(schemas: dict[str, Any]) -> None:
    """Two shapes with the same fields are one, written twice."""
    records = {name: set(it.get("properties", ())) for name, it in components().items()}
    twice = [
        (name, other)
        for name, fields in records.items()
        for other, it in schemas.items()
        if other != name and len(fields) > 5 and set(it.get("properties", ())) == fields
    ]
    assert twice == []
