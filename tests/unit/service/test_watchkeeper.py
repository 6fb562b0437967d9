"""Alerts begin after their wait and end below their gap, each by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialer.features.alerts.alerting import Alerting
from dialer.features.alerts.watchkeeper import Measured, Watchkeeper
from dialer.memory.store import InMemoryStore
from dialer.ports.clock import MadeUpClock
from dialer.ports.scope import EVERYTHING
from dialer.settings import Settings
from dialer.settings.alerts import DEFAULT_ALERTS, AlertSettings

RULE = {"slow": AlertSettings(metric="paused", above=10.0, clear=8.0, for_s=5.0, severity="info")}


def value(number: float, subject: str = "pool/a") -> Measured:
    return Measured("paused", subject, number, f"{number:g}", "a")


def told(keeper: Watchkeeper, at: float, *measured: Measured) -> list[tuple[str, bool]]:
    return [(it.subject, it.began) for it in keeper.step(RULE, measured, at)]


def test_it_begins_when_it_lasts_and_ends_below_the_gap() -> None:
    keeper = Watchkeeper()

    assert told(keeper, 0.0, value(11)) == []
    assert told(keeper, 4.9, value(12)) == []
    assert told(keeper, 5.0, value(12)) == [("pool/a", True)]
    assert told(keeper, 6.0, value(9)) == [], "between clear and above it goes on"
    assert told(keeper, 7.0, value(8)) == [("pool/a", False)]


def test_a_moment_of_quiet_begins_the_wait_anew() -> None:
    keeper = Watchkeeper()
    told(keeper, 0.0, value(11))
    told(keeper, 3.0, value(10))

    assert told(keeper, 6.0, value(11)) == []
    assert told(keeper, 11.0, value(11)) == [("pool/a", True)]


def test_what_is_not_measured_any_more_is_over_and_others_go_on() -> None:
    keeper = Watchkeeper()
    told(keeper, 0.0, value(11), value(11, "pool/b"))
    told(keeper, 5.0, value(11), value(11, "pool/b"))

    assert told(keeper, 6.0, value(11)) == [("pool/b", False)]
    (ended,) = keeper.step({}, [value(11)], 7.0)
    assert (ended.began, ended.words) == (False, "11")


@given(st.lists(st.floats(0, 20), max_size=60))
def test_begin_and_end_take_turns(values: list[float]) -> None:
    keeper, seen = Watchkeeper(), []
    for at, number in enumerate(values):
        seen += told(keeper, float(at), value(number))

    assert [began for _, began in seen] == [at % 2 == 0 for at in range(len(seen))]


class Clock(MadeUpClock):
    at = 100.0

    def now(self) -> float:
        return self.at


async def test_alerts_are_kept_shown_told_acknowledged_and_taken_up_after_a_restart() -> None:
    store, clock, shown = InMemoryStore(), Clock(), []
    measured = [Measured("ami_down", "node/n1", 11.0, "no link")]
    assert DEFAULT_ALERTS["ami"].above == 10.0

    def alerting() -> Alerting:
        return Alerting(
            store, clock, Settings, lambda now: measured,
            show=lambda firing, recent: shown.append((len(firing), len(recent))),
        )  # fmt: skip

    first = alerting()
    await first.load()
    await first.look()
    (row,) = await store.alerts.firing(EVERYTHING)
    acked = await first.acknowledge(row.id, "boss")
    again = await first.acknowledge(row.id, "other")
    second = alerting()
    await second.load()
    await second.look()
    measured[:] = [Measured("ami_down", "node/n1", 0.0, "")]
    await second.look()

    assert acked is not None
    assert (acked.acked_by, again.acked_by) == ("boss", "boss")  # type: ignore[union-attr]
    told_of = [it.event.kind for it in await store.journal.entries()]
    assert told_of == ["alert.began", "alert.acknowledged", "alert.ended"]
    (ended,) = await store.alerts.recent(EVERYTHING)
    assert (ended.id, ended.ended_at, ended.acked_by) == (row.id, 100.0, "boss")
    assert shown[-1] == (0, 1)
    assert await first.acknowledge("none", "boss") is None


async def test_an_alert_that_ends_while_it_is_acknowledged_has_ended() -> None:
    store, clock = InMemoryStore(), Clock()
    measured = [Measured("ami_down", "node/n1", 11.0, "no link")]
    found = Alerting(
        store, clock, Settings, lambda now: measured,
        show=lambda firing, recent: None,
    )  # fmt: skip
    await found.load()
    await found.look()
    (row,) = await store.alerts.firing(EVERYTHING)
    get = store.alerts.get

    async def slowly(alert_id: str) -> object:
        read = await get(alert_id)
        measured[:] = [Measured("ami_down", "node/n1", 0.0, "")]
        await found.look()
        return read

    store.alerts.get = slowly  # type: ignore[method-assign, assignment]
    await found.acknowledge(row.id, "boss")

    assert await store.alerts.firing(EVERYTHING) == []
