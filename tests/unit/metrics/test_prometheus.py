"""Rules and dashboards: written from the registry, of metrics that exist, with its results."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from dialer.features.operations.trunk_figures import TrunkFigures
from dialer.floor.commands import CloseAttempt, NoteWrapup, Place
from dialer.metrics import Metrics
from dialer.words import OUTCOMES
from figures.answer import Tally
from figures.catalogue import FIGURES, TERMS
from figures.facts import CALLS, Value, milliseconds
from tests.kit.promql import Node, PromqlError, read
from tools import prometheus
from tools.docs import PROMETHEUS

FILES = prometheus.files()
#: Of Prometheus' own.
ITS_OWN = {"up"}


def rules_of(name: str) -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(FILES[name])["groups"] for rule in group["rules"]]


def asked_by_dashboards() -> Iterator[str]:
    for language in ("en", "zh"):
        for panel in json.loads(FILES[f"dashboard.{language}.json"])["panels"]:
            yield from (target["expr"] for target in panel["targets"])


EXPRESSIONS = [
    *(rule["expr"] for rule in rules_of("rules.yml")),
    *(rule["expr"] for rule in rules_of("alerts.yml")),
    *asked_by_dashboards(),
]


def existing() -> Mapping[str, set[str]]:
    """Every series of a service's /metrics, and its labels."""
    metrics = Metrics()
    TrunkFigures(metrics.registry, lambda: 0.0, _Trunks(), "node")  # type: ignore[arg-type]
    found: dict[str, set[str]] = {}
    for collector in list(metrics.registry._collector_to_names):
        labels = {*getattr(collector, "_labelnames", ())}
        for family in collector.collect():
            own = labels | {*(getattr(family, "_labelnames", None) or ())}
            for suffix in ("", "_total", "_bucket", "_sum", "_count"):
                found[family.name + suffix] = own | {"le"}
    return found


class _Trunks:
    """Without a trunk, on a switch that is well."""

    switch = SimpleNamespace(state="well")

    def breakers(self) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_as_its_maker_writes_it(name: str) -> None:
    assert (PROMETHEUS / name).read_text("utf-8") == FILES[name], "python -m tools.docs"


@pytest.mark.parametrize("text", sorted(set(EXPRESSIONS)))
def test_an_expression_can_be_read_and_asks_for_what_exists(text: str) -> None:
    known = existing()
    recorded = {rule["record"]: {"campaign"} for rule in rules_of("rules.yml")}
    for series in read(text).series():
        if series.name in ITS_OWN:
            continue
        labels = {**known, **recorded}.get(series.name)
        assert labels is not None, f"no metric is called {series.name}"
        assert {label for label, _, _ in series.matchers} <= labels


def test_what_is_told_of_a_figure_counts_exactly_its_measures() -> None:
    """Each figure of calls that counters count has its rules, and no other one has."""
    recorded = {rule["record"] for rule in rules_of("rules.yml")}
    assert "campaign:dialer_connect_rate:1h" in recorded
    assert recorded == {
        prometheus.record(it, window)
        for it in FIGURES.values()
        for window in prometheus.WINDOWS
        if it in prometheus.of_counters()
    }


def test_alerts_say_what_to_do_in_two_languages() -> None:
    for rule in rules_of("alerts.yml"):
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]
        assert any("\u4e00" <= sign <= "\u9fff" for sign in rule["annotations"]["summary_zh"])


@pytest.mark.parametrize(
    "text",
    [
        *("sum(a)", "a{b=c}", "rate(a)", "increase(a[5m]", "a[5m] / b", "foo(a)", "a b", "a ~ b"),
        *("sum by (x) (a[5m])", "abs(a, b)"),
    ],
)
def test_what_is_no_promql_is_refused(text: str) -> None:
    with pytest.raises(PromqlError):
        read(text)


# --- the same numbers as reports ------------------------------------------------------------------


@st.composite
def calls(draw: st.DrawFn) -> tuple[CloseAttempt, float | None]:
    """A call that is over, and its wrap-up."""
    outcome = draw(st.sampled_from(OUTCOMES))
    told: dict[str, Any] = {}
    if outcome in {"connected", "abandoned"}:
        told["answered_by"] = "human"
    if outcome == "machine":
        told["answered_by"] = "machine"
    if outcome == "connected":
        told |= {"answered_at": 1.0, "connected_at": 2.0, "agent": "anna"}
        told["talk_seconds"] = draw(st.integers(0, 300_000)) / 1000
    record = CloseAttempt(
        f"A{draw(st.uuids())}", "L", draw(st.sampled_from(["gold", "tin"])), outcome,
        placed_at=0.0, ended_at=400.0, **told,
    )  # fmt: skip
    return record, draw(st.integers(0, 90)) * 1.0 if outcome == "connected" else None


def row_of(record: CloseAttempt, wrapup: float | None) -> dict[str, Value]:
    row: dict[str, Value] = dict.fromkeys(CALLS.columns)
    row |= {"outcome": record.outcome, "answered_by": record.answered_by, "lead": record.lead}
    if record.connected_at is not None:
        row["connected_ms"] = milliseconds(record.connected_at)
        row["talk_ms"] = milliseconds(record.talk_seconds or 0.0)
        row["wrapup_ms"] = milliseconds(wrapup or 0.0)
    return row


def values(node: Node, registry: CollectorRegistry) -> dict[str, float]:
    """By campaign, of a scrape that saw the counters from 0 on: increase() is what they are."""
    if node.what == "sum by":
        found: dict[str, float] = {}
        (increase,) = node.parts
        (series,) = increase.parts
        for family in registry.collect():
            for it in family.samples:
                if it.name != series.name:
                    continue
                if all(it.labels[label] == value for label, _, value in series.matchers):
                    campaign = it.labels["campaign"]
                    found[campaign] = found.get(campaign, 0.0) + it.value
        return found
    left, right = (values(part, registry) for part in node.parts if part.what != "number")
    return {name: left[name] / right[name] for name in left.keys() & right.keys()}


def above_0(node: Node) -> Node:
    """The denominator of a ratio, which is there only above 0."""
    compared, zero = node.parts
    assert (node.what, zero.number) == (">", 0.0)
    return compared


def evaluated(text: str, registry: CollectorRegistry) -> dict[str, float]:
    node = read(text)
    if node.what != "/":
        return values(node, registry)
    above = values(node.parts[0], registry)
    below = {k: v for k, v in values(above_0(node.parts[1]), registry).items() if v > 0}
    return {name: above[name] / below[name] for name in below}


@settings(max_examples=30)
@given(st.lists(calls(), min_size=1, max_size=25))
def test_every_rule_comes_to_what_a_report_says_of_the_same_calls(
    made: list[tuple[CloseAttempt, float | None]],
) -> None:
    metrics, wanted = Metrics(), prometheus.of_counters()
    tallies: dict[str, Tally] = {}
    for record, wrapup in made:
        metrics.observe(Place(record.attempt, record.lead, record.campaign))
        metrics.observe(record)
        if wrapup is not None:
            metrics.observe(NoteWrapup(record.attempt, "anna", wrapup))
        tally = tallies.setdefault(record.campaign, Tally(wanted, TERMS))
        tally.add(CALLS.name, row_of(record, wrapup))

    for figure in wanted:
        told = evaluated(prometheus.expression(figure, "1d"), metrics.registry)
        for campaign, tally in tallies.items():
            value = tally.cell(figure).value
            if value is None:
                assert campaign not in told
            else:
                assert math.isclose(told[campaign], value, abs_tol=1e-9), figure.id


# --- Prometheus' own checker ----------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not on this machine")
@pytest.mark.parametrize("name", ["rules.yml", "alerts.yml"])
def test_prometheus_own_checker_finds_nothing_wrong(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], encoding="utf-8")
    done = subprocess.run(
        ["promtool", "check", "rules", "--lint=all", "--lint-fatal", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
