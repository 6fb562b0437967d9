from __future__ import annotations

import msgspec

from dialer.engine.restore import attempt_restored
from dialer.ports.store import OpenAttempt


def test_a_restored_attempt_is_written_as_it_is_read_back() -> None:
    """A database gives its texts as new objects, and only the default itself is left out."""
    from_database = "".join(["au", "to"])
    attempt = OpenAttempt(
        attempt_id="A1", campaign_id="C1", lead_id="L1", number="+12125550100", caller_id="",
        trunk="carrier", node="node1", placed_at=1.5, lead_attempts=1, mode=from_database,  # type: ignore[arg-type]
    )  # fmt: skip
    event = attempt_restored(attempt, "spring")
    written = msgspec.json.encode(event)
    assert msgspec.json.encode(msgspec.json.decode(written, type=type(event))) == written
