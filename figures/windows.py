"""Figures of a window of their own, which nobody chose: what screens and metrics tell of now.

The window is a part of what such a figure is: the connect rate of the last 15 minutes and that of
the day are two, and neither is called by the name of the other.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from figures.catalogue import FIGURES
from figures.figure import Figure, Words


class Window(Struct, frozen=True):
    """Which calls count: `of` says by which of their moments. `name` as behind a figure's name in
    English, before it in Chinese.
    """

    id: str
    name: Words
    of: Words


class Windowed(Struct, frozen=True):
    """A figure of a window."""

    figure: Figure
    window: Window

    @property
    def id(self) -> str:
        """Unlike the figure's own, which is of whatever period is asked for."""
        return f"{self.figure.id}.{self.window.id}"

    @property
    def name(self) -> Words:
        """As screens say it."""
        figure, window = self.figure.name, self.window.name
        return Words(f"{figure.en} {window.en}", f"{window.zh}{figure.zh}")


_PLACED = Words("placed since midnight and ended", "零点以后发起且已结束的呼叫")
_ENDED = Words("ended within it", "在此期间结束的呼叫")
_LEGAL = Words(
    "ended within it, or are answered and still up", "在此期间结束的呼叫，及已应答的在途呼叫"
)


def _legal(id_: str, en: str, zh: str) -> Window:
    return Window(f"legal_{id_}", Words(f"in the legal window of {en}", zh), _LEGAL)


#: The calendar day of the machine, as a report of today has it.
TODAY = Window("today", Words("today", "今日"), _PLACED)
LAST_15_MINUTES = Window("15m", Words("in the last 15 minutes", "最近 15 分钟"), _ENDED)
#: The windows of `dialer.words.WindowKind`.
LEGAL: Mapping[str, Window] = {
    "day": _legal("day", "the day", "当日"),
    "month": _legal("month", "the month", "当月"),
    "24h": _legal("24h", "24 hours", "最近 24 小时"),
    "30d": _legal("30d", "30 days", "最近 30 天"),
}

CONNECT_RATE_NOW = Windowed(FIGURES["connect_rate"], LAST_15_MINUTES)
#: Of a trunk; the field calls it answer-seizure ratio.
ANSWER_RATE_NOW = Windowed(FIGURES["answer_rate"], LAST_15_MINUTES)
#: What the live floor, the campaign's page, the wallboard and `dialer campaign status` tell.
OF_TODAY: Mapping[str, Windowed] = {
    name: Windowed(FIGURES[name], TODAY)
    for name in (
        "dials", "human_answers", "contacts", "abandons", "connect_rate", "contact_rate",
        "abandon_rate", "talk", "avg_talk", "avg_wait",
    )
}  # fmt: skip
ABANDON_RATE: Mapping[str, Windowed] = {
    kind: Windowed(FIGURES["legal_abandon_rate"], window) for kind, window in LEGAL.items()
}
#: What each of them is told by.
TOLD: Mapping[str, tuple[Windowed, ...]] = {
    "live floor, wallboard, campaign, `dialer campaign status`": tuple(OF_TODAY.values()),
    "`dialer_connect_rate`": (CONNECT_RATE_NOW,),
    "`dialer_trunk_answer_seizure_ratio`": (ANSWER_RATE_NOW,),
    "`dialer_abandon_rate`, pacing, live floor, wallboard, alerts": tuple(ABANDON_RATE.values()),
}
