"""The figures: every name of the contract, each attempt counted once, rates from 0 to 1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from dialer.floor import commands as cmd
from dialer.metrics import LinkFigures, Metrics, RecentRate
from tests.kit.control import FakeControl

CONTRACT = {
    "dialer_calls_originated": ("counter", {"campaign", "trunk"}),
    "dialer_calls_answered": ("counter", {"campaign", "answered_by"}),
    "dialer_calls_ended": ("counter", {"campaign", "outcome"}),
    "dialer_calls_connected": ("counter", {"campaign"}),
    "dialer_calls_abandoned": ("counter", {"campaign"}),
    "dialer_calls_failed": ("counter", {"campaign", "cause"}),
    "dialer_answer_to_agent_seconds": ("histogram", {"campaign"}),
    "dialer_ring_seconds": ("histogram", {"campaign"}),
    "dialer_talk_seconds": ("histogram", {"campaign"}),
    "dialer_wrapup_seconds": ("histogram", {"campaign"}),
    "dialer_agents": ("gauge", {"pool", "state"}),
    "dialer_calls_in_progress": ("gauge", {"campaign", "phase"}),
    "dialer_leads": ("gauge", {"campaign", "state"}),
    "dialer_connect_rate": ("gauge", {"campaign"}),
    "dialer_abandon_rate": ("gauge", {"campaign", "window"}),
    "dialer_ami_connected": ("gauge", {"node"}),
    "dialer_ami_reconnects": ("counter", {"node"}),
    "dialer_recording_failures": ("counter", set()),
    "dialer_compliance_blocks": ("counter", {"campaign", "rule"}),
}


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def metrics(clock: Clock) -> Metrics:
    return Metrics(clock)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def close(attempt: str, outcome: str, at: float = 1_800_000_000.0, **fields) -> cmd.CloseAttempt:
    return cmd.CloseAttempt(attempt, "L", "c", outcome, placed_at=at - 60, ended_at=at, **fields)


def connected(attempt: str, at: float = 1_800_000_000.0) -> cmd.CloseAttempt:
    return close(
        attempt, "connected", at, ringing_at=at - 58, answered_at=at - 50,
        connected_at=at - 49.75, answered_by="human", talk_seconds=49.75,
    )  # fmt: skip


def a_full_floor(metrics: Metrics) -> None:
    control = FakeControl(lambda: 1_800_000_000.0)
    control.add_campaign("c", pool="p")
    control.add_agent("anna", pool="p", state="ready")
    metrics.views = lambda: [view for pool in control.floors() if (view := control.floor(pool))]


def test_every_name_of_the_contract_is_there_with_its_kind(metrics: Metrics) -> None:
    families = {it.name: it for it in text_string_to_metric_families(metrics.page().decode())}

    for name, (kind, _) in CONTRACT.items():
        assert families[name].type == kind, name


def test_every_sample_carries_exactly_the_labels_of_the_contract(metrics: Metrics) -> None:
    a_full_floor(metrics)
    metrics.windows = {("c", "day"): (1, 4)}
    metrics.links = lambda: [LinkFigures("node1", True, 1, 5, {"timeouts": 1})]
    metrics.recording_failures.inc()
    metrics.blocked("c", "window")
    metrics.originated("c", "main")
    metrics.commands("p", [
        cmd.Place("A", "L", "c"), connected("A"), cmd.NoteWrapup("A", "anna", 9.0),
        close("B", "failed", hangup_cause=34), close("C", "abandoned", answered_by="human"),
    ])  # fmt: skip

    seen = {}
    for family in text_string_to_metric_families(metrics.page().decode()):
        for sample in family.samples:
            labels = set(sample.labels) - {"le"}
            assert seen.setdefault(family.name, labels) == labels
    leads = {"dialer_leads"}  # no lead in this floor
    assert {name: seen[name] for name in CONTRACT if name not in leads} == {
        name: labels for name, (_, labels) in CONTRACT.items() if name not in leads
    }


def test_a_connected_call_is_counted_once_as_it_goes(metrics: Metrics) -> None:
    metrics.observe(cmd.Place("A", "L", "c"))
    for before, phase in [("dialing", "ringing"), ("ringing", "waiting"), ("waiting", "talking")]:
        metrics.observe(cmd.AttemptMoved("A", phase, before))

    assert value(metrics, "dialer_calls_answered_total", campaign="c", answered_by="human") == 1
    assert value(metrics, "dialer_calls_connected_total", campaign="c") == 1
    assert value(metrics, "dialer_calls_ended_total", campaign="c", outcome="connected") == 0

    metrics.observe(cmd.AttemptMoved("A", "talking", "held"))
    metrics.observe(connected("A"))
    metrics.observe(cmd.NoteWrapup("A", "anna", 12.0))

    assert value(metrics, "dialer_calls_answered_total", campaign="c", answered_by="human") == 1
    assert value(metrics, "dialer_calls_connected_total", campaign="c") == 1
    assert value(metrics, "dialer_calls_ended_total", campaign="c", outcome="connected") == 1
    assert value(metrics, "dialer_answer_to_agent_seconds_sum", campaign="c") == 0.25
    assert value(metrics, "dialer_ring_seconds_sum", campaign="c") == 8.0
    assert value(metrics, "dialer_talk_seconds_sum", campaign="c") == 49.75
    assert value(metrics, "dialer_wrapup_seconds_sum", campaign="c") == 12.0


def test_a_call_from_before_a_restart_is_counted_when_it_is_closed(metrics: Metrics) -> None:
    metrics.observe(cmd.AttemptMoved("old", "talking", "waiting"))
    metrics.observe(connected("old"))

    assert value(metrics, "dialer_calls_answered_total", campaign="c", answered_by="human") == 1
    assert value(metrics, "dialer_calls_connected_total", campaign="c") == 1


def test_a_machine_is_answered_and_nothing_more(metrics: Metrics) -> None:
    metrics.observe(cmd.Place("A", "L", "c"))
    metrics.observe(close("A", "machine", answered_at=1_800_000_000 - 10, answered_by="machine"))

    assert value(metrics, "dialer_calls_answered_total", campaign="c", answered_by="machine") == 1
    assert value(metrics, "dialer_calls_answered_total", campaign="c", answered_by="human") == 0
    assert metrics.connect_rates() == {"c": 0.0}


def test_a_failure_names_its_cause_and_odd_causes_share_one_label(metrics: Metrics) -> None:
    metrics.observe(close("A", "failed", hangup_cause=34))
    metrics.observe(close("B", "failed", hangup_cause=99999))

    assert value(metrics, "dialer_calls_failed_total", campaign="c", cause="34") == 1
    assert value(metrics, "dialer_calls_failed_total", campaign="c", cause="other") == 1


@pytest.mark.parametrize(
    ("fate", "reason"),
    [("once_more", "declined"), ("never", "unwanted"), ("not_today", "blocked")],
)
def test_refusals_are_counted_by_trunk_and_by_what_was_said(
    metrics: Metrics, fate: str, reason: str
) -> None:
    metrics.observe(close("A", "refused", trunk="main", number_is=fate, sip_code=608))
    metrics.observe(close("B", "busy", trunk="main", number_is="alive"))

    assert value(metrics, "dialer_calls_declined_total", trunk="main", reason=reason) == 1
    assert value(metrics, "dialer_calls_ended_total", campaign="c", outcome="refused") == 1


def test_a_call_that_was_never_made_counts_nowhere(metrics: Metrics) -> None:
    metrics.observe(cmd.Place("A", "L", "c"))
    metrics.observe(cmd.ForgetAttempt("A", "L", "c", "dnc"))

    assert metrics._open == {}
    assert metrics.connect_rates() == {}


def test_the_connect_rate_looks_back_fifteen_minutes(metrics: Metrics, clock: Clock) -> None:
    metrics.observe(connected("A"))
    metrics.observe(close("B", "no_answer"))
    assert metrics.connect_rates() == {"c": 0.5}

    clock.now += 600
    metrics.observe(close("C", "no_answer"))
    metrics.observe(close("D", "no_answer"))
    assert metrics.connect_rates() == {"c": 0.25}

    clock.now += 310
    assert metrics.connect_rates() == {"c": 0.0}
    clock.now += 600
    assert metrics.connect_rates() == {}


@given(
    st.lists(
        st.tuples(st.floats(0, 400), st.booleans(), st.booleans()), max_size=60
    )
)  # fmt: skip
def test_a_recent_rate_is_what_a_full_list_would_give(
    moves: list[tuple[float, bool, bool]],
) -> None:
    rate, now = RecentRate(), 1_000.0
    ends: list[tuple[float, bool]] = []
    for passed, ended, by_human in moves:
        now += passed
        if ended:
            rate.ended(now, by_human=by_human)
            ends.append((now, by_human))

        oldest = (int(now) - 900) // 10
        recent = [by_human for at, by_human in ends if int(at) // 10 > oldest]
        assert rate.rate(now) == (sum(recent) / len(recent) if recent else None)


def test_reps_calls_and_leads_are_read_off_the_floor(metrics: Metrics) -> None:
    a_full_floor(metrics)

    assert value(metrics, "dialer_agents", pool="p", state="ready") == 1
    assert value(metrics, "dialer_agents", pool="p", state="talking") == 0
    assert value(metrics, "dialer_calls_in_progress", campaign="c", phase="ringing") == 0


def test_how_far_consumers_of_the_journal_are_behind_is_shown(metrics: Metrics) -> None:
    metrics.behind = {"webhooks": 12}

    assert value(metrics, "dialer_journal_behind", consumer="webhooks") == 12


def test_the_abandon_rate_is_that_of_the_records(metrics: Metrics) -> None:
    metrics.windows = {("c", "day"): (1, 4), ("quiet", "day"): (0, 0)}

    assert value(metrics, "dialer_abandon_rate", campaign="c", window="day") == 0.25
    assert value(metrics, "dialer_abandon_rate", campaign="quiet", window="day") is None


def test_the_limit_of_a_campaign_stands_beside_its_abandon_rate(metrics: Metrics) -> None:
    metrics.limits = {"c": 0.03}

    assert value(metrics, "dialer_abandon_limit", campaign="c") == 0.03


def test_a_campaign_has_its_counters_before_its_first_call(metrics: Metrics) -> None:
    a_full_floor(metrics)
    metrics.page()

    assert value(metrics, "dialer_calls_ended_total", campaign="c", outcome="busy") == 0
    assert value(metrics, "dialer_calls_connected_total", campaign="c") == 0


def test_no_series_tells_when_a_counter_was_made(metrics: Metrics) -> None:
    metrics.observe(connected("A"))

    assert "_created" not in metrics.page().decode()


def test_the_engines_own_figures_are_counted(metrics: Metrics) -> None:
    metrics.turn("p", 7, 0.001)
    metrics.impossible("p", "ended", "Rang")
    metrics.store_failed("close_attempts")
    metrics.store_took("close", 0.25)
    assert value(metrics, "dialer_store_seconds_sum", operation="close") == 0.25
    metrics.inboxes = lambda: {"p": 3}

    assert value(metrics, "dialer_floor_events_total", pool="p") == 7
    assert value(
        metrics, "dialer_floor_impossible_events_total", state="ended", event="Rang"
    ) == 1  # fmt: skip
    assert value(metrics, "dialer_store_failures_total", operation="close_attempts") == 1
    assert value(metrics, "dialer_floor_inbox_depth", pool="p") == 3


def test_what_is_remembered_of_closed_attempts_is_bounded(metrics: Metrics) -> None:
    for number in range(20_100):
        metrics.observe(connected(str(number)))

    assert len(metrics._closed) == 20_000
    assert metrics._open == {}
