"""Hold and Unhold, as a manager tells them of a channel; and who is in a bridge."""

from __future__ import annotations

import pytest

from dialer.asterisk.messages import Message
from dialer.asterisk.translate import Translator
from dialer.floor import events as ev

NOW = 1_800_000_000.0
CALLEE, FOREIGN = "01J9ZXT3Q4S5K6M7N8P9R0A1B2", "1763800000.123"
LEG, OUTSIDE = "leg-01J9ZXT3-1-rep01", f"leg-01J9ZXT3-3-_{CALLEE}"


@pytest.fixture
def translator() -> Translator:
    return Translator(lambda: NOW)


def told(translator: Translator, event: str, channel: str) -> list[ev.Event]:
    headers = [("Event", event), ("Timestamp", f"{NOW:.6f}"), ("Uniqueid", channel)]
    headers += [("BridgeUniqueid", "b1"), ("BridgeTechnology", "simple_bridge")]
    return translator.translate(Message.of(headers))


def test_hold_on_a_reps_phone_is_told_of_its_leg(translator: Translator) -> None:
    assert told(translator, "Hold", LEG) == [ev.LegOnHold(LEG, NOW)]
    assert told(translator, "Unhold", LEG) == [ev.LegOffHold(LEG, NOW)]


@pytest.mark.parametrize("channel", [CALLEE, FOREIGN, OUTSIDE])
@pytest.mark.parametrize("event", ["Hold", "Unhold"])
def test_hold_on_any_other_side_is_none_of_the_floors_business(
    translator: Translator, event: str, channel: str
) -> None:
    assert told(translator, event, channel) == []


def test_who_else_is_in_a_bridge_is_known_while_it_lasts(translator: Translator) -> None:
    told(translator, "BridgeEnter", CALLEE)
    told(translator, "BridgeEnter", LEG)
    assert translator.beside(CALLEE) == [LEG]
    told(translator, "BridgeLeave", LEG)
    assert translator.beside(CALLEE) == []
    assert translator.beside(FOREIGN) == []
