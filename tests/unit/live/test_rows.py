"""What goes out is what the document says: every row of every topic, field by field."""

from __future__ import annotations

import msgspec
import pytest

from dialer.api.topics import AlertsTopic, Topics
from dialer.ports.pacing import PacingView
from dialer.ports.steering import AlertRow
from pacing import PacingSettings, open_pacer

METHODS = ("predictive", "progressive", "ratio", "adaptive")
TOPICS = {"floor": "floor/main", "agent": "agent/rep000", "campaigns": "campaigns"}


def read(plain: object, shape: type[msgspec.Struct]) -> object:
    """What of it the record holds: all, where nothing is sent that it does not name."""
    return msgspec.to_builtins(msgspec.convert(plain, shape))


@pytest.mark.parametrize("kind", TOPICS)
async def test_a_topic_holds_what_its_record_says(served, kind: str) -> None:
    served.floor.move("rep000")
    served.floor.move("rep001")
    served.floor.move("rep001")
    shape = next(it for it in msgspec.structs.fields(Topics) if it.name == kind).type
    async with served.client() as client:
        sections = (await client.watch(TOPICS[kind])).state
    known = {it.name: {} for it in msgspec.structs.fields(shape)}
    assert sections.get("agents") or sections.get("campaigns")
    told = {**known, **sections}
    assert read(told, shape) == told


def test_an_alert_is_its_own_row() -> None:
    row = AlertRow(
        id="1", name="ami", subject="node/a", pool="", severity="critical", words="gone",
        value=None, began_at=1.0,
    )  # fmt: skip
    plain = {"firing": {"1": msgspec.to_builtins(row)}, "recent": {}}
    assert read(plain, AlertsTopic) == plain


@pytest.mark.parametrize("method", METHODS)
def test_a_pacer_explains_itself_in_the_words_of_the_record(method: str) -> None:
    pacer = open_pacer(PacingSettings(method=method, ratio=1.5, max_lines=20))
    for n in range(60):
        pacer.agent(float(n), f"rep{n % 5}", "ready")
        pacer.calls_to_place(n + 0.1)
        pacer.placed(n + 0.2, f"call{n}")
        pacer.ended(n + 0.9, f"call{n}", "no_answer")
    for explained in (
        open_pacer(PacingSettings(method=method, ratio=1.5)).explain(),
        pacer.explain(),
    ):
        assert read(explained, PacingView) == explained
