"""One sentence for a decision, in English and Chinese, from the same figures."""

from __future__ import annotations

from typing import Any

OUT_OF_ORDER = {
    "trunks": (
        "no trunk takes calls now: single calls try whether one works again",
        "目前没有中继线路可用：仅以单通呼叫试探线路是否恢复",
    ),
    "switch": (
        "Asterisk itself cannot make calls now: single calls try whether it can again",
        "Asterisk 本身目前无法发起呼叫：仅以单通呼叫试探是否恢复",
    ),
}
BOUND = {
    **OUT_OF_ORDER,
    "risk": (
        "one more would find nobody with a chance above the {threshold:.1%} allowed",
        "再多一通，无人接听的概率将超过允许的 {threshold:.1%}",
    ),
    "budget": (
        "the calls in progress might use up the abandon budget ({budget:.1f} left)",
        "在途呼叫可能用尽呼损额度（剩余 {budget:.1f} 通）",
    ),
    "surge": (
        "a sudden doubling of the answer rate would cost more than can be earned back",
        "若接通率突然翻倍，损失将超过可弥补的范围",
    ),
    "stake": (
        "more may not be at stake than the abandon budget ({budget:.1f}) can pay for",
        "在途风险不得超过呼损额度（{budget:.1f} 通）可承担的范围",
    ),
    "learning": (
        "no more may ring than it is known of how calls end here",
        "对这类呼叫的结果了解尚少，振铃数暂不超过已知结果的呼叫数",
    ),
    "lines": ("no line is free", "没有空闲线路"),
    "calls_per_second": ("the permitted calls per second are used up", "每秒呼叫数已达上限"),
    "nobody": ("no rep at work will stay", "没有将继续在岗的坐席"),
}
GIVEN_UP = (
    "; {count} that rang long enough given up, as an answer now finds nobody with {chance:.0%}",
    "；已振铃足够久的 {count} 通建议放弃，因现在接通有 {chance:.0%} 的概率无人接听",
)


def why(figures: dict[str, Any]) -> dict[str, str]:
    """{"en": ..., "zh": ...} for the figures of `PredictivePacer.figures`."""
    staying = figures["ready"] + figures["talking"] + figures["wrapup"] - figures["leaving"]
    bound = figures["bound_by"] if staying > 0 else "nobody"
    budget = min((w["budget"] for w in figures["windows"]), default=0.0)
    threshold = figures["threshold"] or 0.0
    en, zh = (text.format(threshold=threshold, budget=budget) for text in BOUND[bound])
    if figures.get("given_up"):
        told = {"count": figures["given_up"], "chance": figures["given_up_chance"]}
        en, zh = (
            text + given_up.format(**told)
            for text, given_up in zip((en, zh), GIVEN_UP, strict=True)
        )
    span = figures["horizon_s"] or 0.0
    free = figures["expected_free"] or 0.0
    answers = figures["expected_answers"] or 0.0
    return {
        "en": (
            f"Place {figures['place']}: {figures['ready']} ready, {figures['ringing']} ringing, "
            f"{figures['waiting']} waiting; in {span:.0f} s {free:.1f} more reps free and "
            f"{answers:.1f} answers expected; {en}."
        ),
        "zh": (
            f"现在外呼 {figures['place']} 通：空闲 {figures['ready']} 人，"
            f"振铃 {figures['ringing']} 通，等待 {figures['waiting']} 通；"
            f"{span:.0f} 秒内预计再空闲 {free:.1f} 人、"
            f"接通 {answers:.1f} 通；{zh}。"
        ),
    }
