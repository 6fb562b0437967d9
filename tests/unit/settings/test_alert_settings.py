"""Alerts that come with the program, as they were changed, and webhooks that can be trusted."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from dialer.settings.alerts import DEFAULT_ALERTS, AlertSettings, WebhookSettings, alerts_of

SECRET = "0123456789abcdef"


def test_the_programs_own_alerts_hold_where_nothing_is_said() -> None:
    assert alerts_of({}) == DEFAULT_ALERTS


def test_one_key_of_an_alert_changes_and_the_rest_of_it_stays() -> None:
    found = alerts_of({"abandon": AlertSettings(above=0.5), "ami": AlertSettings(on=False)})

    assert (found["abandon"].above, found["abandon"].metric) == (0.5, "abandon_share")
    assert "ami" not in found


def test_a_further_alert_needs_a_metric() -> None:
    found = alerts_of({"x": AlertSettings(metric="paused", above=60.0), "y": AlertSettings()})

    assert found["x"].above == 60.0
    assert "y" not in found


@pytest.mark.parametrize(
    ("above", "clear", "at"), [(2.0, None, 1.8), (2.0, 1.0, 1.0), (2.0, 5.0, 2.0), (0.0, None, 0.0)]
)
def test_an_alert_never_ends_above_where_it_begins(above: float, clear: float, at: float) -> None:
    assert AlertSettings(above=above, clear=clear).clears_at == pytest.approx(at)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"url": "ftp://x"}, "https://"),
        ({"url": "https:///x"}, "https://"),
        ({"url": "https://a:b@c/"}, "no user and password"),
        ({"secret": "short"}, "16 signs"),
        ({"events": ("alert.bogan",)}, "no event"),
    ],
)
def test_a_webhook_that_cannot_be_is_said(fields: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        WebhookSettings(**{"url": "https://x.example/a", "secret": SECRET, **fields})


def test_a_webhook_hears_what_it_asked_for() -> None:
    hook = WebhookSettings(url="http://127.0.0.1:1/", secret=SECRET, events=("alert",))

    assert hook.wants("alert.began")
    assert not hook.wants("campaign.start")
    assert not hook.model_copy(update={"on": False}).wants("alert.began")
