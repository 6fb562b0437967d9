"""What tables and pictures say, in English and Chinese; figures as people read them."""

from __future__ import annotations

import math

from dialer.sim.summary import Estimate
from dialer.words import Language

WORDS: dict[str, tuple[str, str]] = {
    "utilisation": ("occupancy", "占有率"),
    "talk_min_per_rep_hour": ("talk minutes per rep-hour", "每坐席小时通话分钟"),
    "wait_mean_s": ("reps' wait between calls, mean", "坐席等待，平均"),
    "wait_p90_s": ("reps' wait between calls, 90 %", "坐席等待，90 分位"),
    "abandon_rate": ("abandon rate", "呼损率"),
    "worst_hour": ("abandon rate of the worst hour", "最差一小时呼损率"),
    "calls_per_connected": ("dials per contact", "平均拨打次数"),
    "answer_wait_mean_s": ("callees' wait for a rep, mean", "客户等待坐席，平均"),
    "answer_wait_p99_s": ("callees' wait for a rep, 99 %", "客户等待坐席，99 分位"),
    "placed": ("calls placed", "外呼数"),
    "answered": ("answered by people", "真人接听"),
    "connected": ("connected", "接通"),
    "abandoned": ("abandoned", "呼损"),
    "untouched": ("leads never called", "未拨打名单"),
    "left": ("leads left", "剩余名单"),
    "through_h": ("hours until every lead was called", "名单拨完一遍用时（小时）"),
    "figure": ("figure", "指标"),
    "mean": ("mean", "平均"),
    "interval": ("95 % interval", "95% 置信区间"),
    "least": ("lowest run", "最低一次"),
    "most": ("highest run", "最高一次"),
    "campaign": ("campaign", "任务"),
    "runs": ("runs", "次"),
    "reps": ("reps", "坐席"),
    "hours": ("hours", "小时"),
    "limit": ("limit", "上限"),
    "over_limit": ("runs over the limit", "超限次数"),
    "abandon_short": ("abandoned", "呼损率"),
    "time": ("time of day", "时刻"),
    "shift": ("The shift as it went", "班次全程"),
    "trade": ("Occupancy against abandoned calls", "占有率与呼损率"),
    "effect": ("Effect of", "设置的影响："),
    "per_5min": ("answered per 5 minutes", "每 5 分钟真人接听"),
    "reps_talking": ("talking or wrapping up", "通话与话后"),
    "reps_ready": ("ready", "空闲"),
    "reps_away": ("paused", "小休"),
    "a_run": ("a run", "一次模拟"),
    "mean_of_runs": ("mean of runs, with 95 % interval", "各次平均及 95% 区间"),
    "people_missed": (
        "people whom the machine detector took for machines, per run",
        "被误判为答录机的真人（每次）",
    ),
    "method": ("method", "外呼方式"),
    "difference": ("difference", "差"),
    "better": ("better", "更好"),
}


def word(key: str, lang: Language) -> str:
    pair = WORDS.get(key)
    return key if pair is None else pair[lang == "zh"]


def number(value: float, kind: str) -> str:
    """A figure of a kind: rate, seconds, count or plain."""
    if not math.isfinite(value):
        return "-"
    if kind == "rate":
        return f"{100 * value:.2f} %"
    if kind == "seconds":
        return f"{value:.2f} s" if abs(value) < 10 else f"{value:.1f} s"
    return f"{value:,.0f}" if kind == "count" else f"{value:.2f}"


def interval(found: Estimate, kind: str) -> str:
    if not math.isfinite(found.low):
        return "-"
    return f"{number(found.low, kind)} – {number(found.high, kind)}"
