"""Rules for Prometheus and dashboards for Grafana, written from the registry of figures.

`python -m tools.docs` writes them to docs/prometheus. A figure has a recording rule if counters of
/metrics count what it is made of; the formula is the registry's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dialer.words import FigureUnit, Language
from figures.catalogue import FIGURES, TERMS
from figures.figure import Figure, Words
from figures.measures import Measure
from figures.of_calls import ABANDONS, CONTACTS, DIALS, HUMANS, MACHINES, TALK, WRAPUP

HEAD = "# Written by `python -m tools.docs`; do not edit by hand. See docs/metrics.md.\n"
#: What counts a measure, from the start of the service on; times in seconds.
COUNTERS: Mapping[Measure, str] = {
    DIALS: "dialer_calls_ended_total",
    HUMANS: 'dialer_calls_answered_total{answered_by="human"}',
    MACHINES: 'dialer_calls_answered_total{answered_by="machine"}',
    CONTACTS: "dialer_calls_connected_total",
    ABANDONS: "dialer_calls_abandoned_total",
    TALK: "dialer_talk_seconds_sum",
    WRAPUP: "dialer_wrapup_seconds_sum",
}
WINDOWS = ("15m", "1h", "1d")


class Alert(NamedTuple):
    """What is worth waking somebody for, with what to do."""

    name: str
    expr: str
    held_for: str
    severity: str
    summary: Words


ALERTS = (
    Alert(
        "DialerAway", 'up{job="dialer"} == 0', "1m", "critical",
        Words(
            "The dialer does not answer: nothing is dialed. Look at its log, start it again.",
            "拨号服务无响应，外呼已停止：请查看日志并重新启动。",
        ),
    ),
    Alert(
        "DialerAsteriskAway", "dialer_ami_connected == 0", "10s", "critical",
        Words(
            "No link to Asterisk {{ $labels.node }}: nothing is dialed until it is back.",
            "与 Asterisk {{ $labels.node }} 的连接中断，恢复前不会外呼。",
        ),
    ),
    Alert(
        "DialerTrunkOut", 'dialer_trunk_state{state=~"out|probing"} == 1', "30s", "critical",
        Words(
            "Trunk {{ $labels.trunk }} takes no calls: ask the provider, or change the order.",
            "线路 {{ $labels.trunk }} 无法呼出：请联系运营商或调整线路顺序。",
        ),
    ),
    Alert(
        "DialerAbandonsNearLimit",
        "dialer_abandon_rate > on (campaign) group_left () (0.8 * dialer_abandon_limit)",
        "1m", "warning",
        Words(
            "Campaign {{ $labels.campaign }} is near its limit of abandoned calls in the window "
            "{{ $labels.window }}: {{ $value | humanizePercentage }}.",
            "活动 {{ $labels.campaign }} 的法定呼损率接近上限（{{ $labels.window }}）："
            "{{ $value | humanizePercentage }}。",
        ),
    ),
    Alert(
        "DialerConnectRateHalved",
        "campaign:dialer_connect_rate:15m < (0.5 * campaign:dialer_connect_rate:1d) "
        "and campaign:dialer_dials:15m > 100",
        "5m", "warning",
        Words(
            "Half as many people answer campaign {{ $labels.campaign }} as in the day before: look "
            "at its caller numbers, its trunk and its list.",
            "活动 {{ $labels.campaign }} 的接通率较前一日减半：请检查外显号码、线路与名单。",
        ),
    ),
    Alert(
        "DialerCalleesWait",
        "histogram_quantile(0.95, sum by (campaign, le) "
        "(rate(dialer_answer_to_agent_seconds_bucket[5m]))) > 2",
        "2m", "warning",
        Words(
            "One of twenty callees of {{ $labels.campaign }} waits longer than 2 s for a rep.",
            "活动 {{ $labels.campaign }} 有二十分之一的客户等待坐席超过 2 秒。",
        ),
    ),
    Alert(
        "DialerStoreFails", "increase(dialer_store_failures_total[1m]) > 0", "0s", "critical",
        Words(
            "The database refuses writes ({{ $labels.operation }}): look at its disk and its log.",
            "数据库写入失败（{{ $labels.operation }}）：请检查磁盘与日志。",
        ),
    ),
    Alert(
        "DialerLoopLate",
        "histogram_quantile(0.99, sum by (le) (rate(dialer_loop_lag_seconds_bucket[5m]))) > 0.05",
        "1m", "warning",
        Words(
            "The dialer wakes late: something takes its processor.",
            "拨号服务响应变慢：请检查本机 CPU 占用。",
        ),
    ),
    Alert(
        "DialerRecordingsLost", "increase(dialer_recording_failures_total[5m]) > 0", "0s",
        "critical",
        Words(
            "Recordings are lost or not encoded: look at the disk and the log.",
            "录音丢失或未能编码：请检查磁盘与日志。",
        ),
    ),
    Alert(
        "DialerRecordsDiffer", "dialer_reconcile_differences > 0", "0s", "warning",
        Words(
            "Records differ from the switch or from the recordings on disk: run dialer reconcile.",
            "通话记录与交换机或录音文件不一致：请运行 dialer reconcile。",
        ),
    ),
    Alert(
        "DialerJournalBehind", "dialer_journal_behind > 10000", "5m", "warning",
        Words(
            "{{ $labels.consumer }} has not heard of {{ $value }} records of the journal.",
            "{{ $labels.consumer }} 落后 {{ $value }} 条事件记录。",
        ),
    ),
    Alert(
        "DialerClocksApart", "abs(dialer_clock_ahead_seconds) > 0.4", "1m", "warning",
        Words(
            "The clock of {{ $labels.node }} is {{ $value }} s apart from this machine's: dialing "
            "stops from clock_within_s on.",
            "{{ $labels.node }} 与本机时钟相差 {{ $value }} 秒，超过 clock_within_s 将停止外呼。",
        ),
    ),
)  # fmt: skip


def of_counters() -> list[Figure]:
    """Figures all of whose measures are counted."""
    return [it for it in FIGURES.values() if COUNTERS.keys() >= set(it.measures())]


def expression(figure: Figure, window: str) -> str:
    """A figure of a window by campaign, in PromQL: nothing where its denominator is 0."""
    above = _sum(figure.numerator, window)
    if figure.denominator is None:
        return above
    return f"{above} / ({_sum(figure.denominator, window)} > 0)"


def _sum(measure: Measure, window: str) -> str:
    return f"sum by (campaign) (increase({COUNTERS[measure]}[{window}]))"


def record(figure: Figure, window: str) -> str:
    """The name of its rule."""
    return f"campaign:dialer_{figure.id}:{window}"


def rules() -> str:
    """Recording rules, as Prometheus reads them."""
    lines = [HEAD + "groups:"]
    for window in WINDOWS:
        lines += [f"  - name: dialer_{window}", "    rules:"]
        for figure in of_counters():
            lines += [
                f"      # {figure.name.en} {figure.name.zh}: {figure.explained(TERMS).en}.",
                f"      - record: {record(figure, window)}",
                f"        expr: {_text(expression(figure, window))}",
            ]
    return "\n".join(lines) + "\n"


def alerts() -> str:
    """Alert rules, as Prometheus reads them."""
    lines = [HEAD + "groups:", "  - name: dialer_alerts", "    rules:"]
    for alert in ALERTS:
        lines += [
            f"      - alert: {alert.name}",
            f"        expr: {_text(alert.expr)}",
            f"        for: {alert.held_for}",
            f"        labels: {{severity: {alert.severity}}}",
            "        annotations:",
            f"          summary: {_text(alert.summary.en)}",
            f"          summary_zh: {_text(alert.summary.zh)}",
        ]
    return "\n".join(lines) + "\n"


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


# --- Grafana --------------------------------------------------------------------------------------


class Panel(NamedTuple):
    """A chart of one expression."""

    title: Words
    expr: str
    legend: str
    unit: str
    words: Words = Words("", "")


_UNITS = {
    FigureUnit.COUNT: "short",
    FigureUnit.RATE: "percentunit",
    FigureUnit.RATIO: "none",
    FigureUnit.SECONDS: "s",
}
_WIDE, _HIGH, _IN_A_ROW = 8, 8, 3


def panels() -> Iterator[Panel]:
    """Figures of an hour, then the floor, then the machine."""
    for figure in of_counters():
        yield Panel(
            figure.name, record(figure, "1h"), "{{campaign}}", _UNITS[figure.unit],
            figure.explained(TERMS),
        )  # fmt: skip
    yield from (
        Panel(
            Words("Abandon rate by law", "法定呼损率"),
            'dialer_abandon_rate{campaign=~"$campaign"}', "{{campaign}} {{window}}", "percentunit",
        ),
        Panel(Words("Limit of abandons", "呼损率上限"),
              'dialer_abandon_limit{campaign=~"$campaign"}', "{{campaign}}", "percentunit"),
        Panel(Words("Reps by state", "坐席状态"), "sum by (state) (dialer_agents)", "{{state}}",
              "short"),
        Panel(
            Words("Calls in progress", "在途呼叫"),
            'sum by (phase) (dialer_calls_in_progress{campaign=~"$campaign"})', "{{phase}}",
            "short",
        ),
        Panel(
            Words("Leads", "名单"), 'sum by (state) (dialer_leads{campaign=~"$campaign"})',
            "{{state}}", "short",
        ),
        Panel(
            Words("Callees' wait for a rep, 95 %", "客户等待坐席，95 分位"),
            "histogram_quantile(0.95, sum by (campaign, le) "
            '(rate(dialer_answer_to_agent_seconds_bucket{campaign=~"$campaign"}[5m])))',
            "{{campaign}}", "s",
        ),
        Panel(Words("Trunks: answer rate", "线路应答率"), "dialer_trunk_answer_seizure_ratio",
              "{{trunk}}", "percentunit"),
        Panel(Words("Refused by the gate", "合规拦截"),
              "sum by (rule) (increase(dialer_compliance_blocks_total[1h]))", "{{rule}}", "short"),
        Panel(Words("Link to Asterisk", "Asterisk 连接"), "dialer_ami_connected", "{{node}}",
              "short"),
        Panel(
            Words("Event loop late, 99 %", "事件循环延迟，99 分位"),
            "histogram_quantile(0.99, sum by (le) (rate(dialer_loop_lag_seconds_bucket[5m])))",
            "", "s",
        ),
        Panel(
            Words("Database, mean time", "数据库平均耗时"),
            "sum by (operation) (rate(dialer_store_seconds_sum[5m])) "
            "/ (sum by (operation) (rate(dialer_store_seconds_count[5m])) > 0)",
            "{{operation}}", "s",
        ),
        Panel(Words("Journal to come", "待处理事件"), "dialer_journal_behind", "{{consumer}}",
              "short"),
    )  # fmt: skip


def dashboard(language: Language) -> dict[str, Any]:
    """A dashboard, as Grafana imports it; it asks for the Prometheus to use."""

    def said(words: Words) -> str:
        return words.zh if language == "zh" else words.en

    return {
        "__inputs": [
            {"name": "DS_PROMETHEUS", "label": "Prometheus", "type": "datasource",
             "pluginId": "prometheus", "pluginName": "Prometheus"},
        ],
        "uid": f"dialer-{language}",
        "title": said(Words("Dialer", "外呼系统")),
        "tags": ["dialer"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-12h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [_campaigns(said(Words("Campaign", "活动")))]},
        "panels": [_panel(at, it, said) for at, it in enumerate(panels())],
    }  # fmt: skip


_SOURCE = {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}


def _campaigns(label: str) -> dict[str, Any]:
    return {
        "name": "campaign", "label": label, "type": "query", "datasource": _SOURCE,
        "query": "label_values(dialer_calls_ended_total, campaign)", "refresh": 2,
        "includeAll": True, "multi": True, "allValue": ".*", "current": {"value": "$__all"},
    }  # fmt: skip


def _panel(at: int, panel: Panel, said: Any) -> dict[str, Any]:
    row, column = divmod(at, _IN_A_ROW)
    chosen = panel.expr
    if chosen.startswith("campaign:"):
        chosen += '{campaign=~"$campaign"}'
    return {
        "id": at + 1, "type": "timeseries", "title": said(panel.title),
        "description": said(panel.words), "datasource": _SOURCE,
        "gridPos": {"x": column * _WIDE, "y": row * _HIGH, "w": _WIDE, "h": _HIGH},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "datasource": _SOURCE, "expr": chosen,
                     "legendFormat": panel.legend}],
    }  # fmt: skip


def files() -> Mapping[str, str]:
    """Every file of docs/prometheus by its name."""

    def written(language: Language) -> str:
        return json.dumps(dashboard(language), ensure_ascii=False, indent=1) + "\n"

    return {
        "rules.yml": rules(),
        "alerts.yml": alerts(),
        "dashboard.en.json": written("en"),
        "dashboard.zh.json": written("zh"),
    }
