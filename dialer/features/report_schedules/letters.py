"""What stands in a mail with a report: a short table, as text and as HTML. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from msgspec import Struct

from dialer.kit.sheet import Cell, Heading
from dialer.words import Language, NotSent

#: More lines than that are in the file alone.
MOST_LINES = 20
_SAYS: Mapping[str, tuple[str, str]] = {
    "more": ("{n} more lines are in the file.", "其余 {n} 行见附件。"),
    "nothing": ("There is nothing in these days.", "该日期范围内没有数据。"),
    "late": ("This report is late: it was due at {due}.", "本报表延迟发送，原定时间为 {due}。"),
    "why": ("{owner} has this report sent to you.", "本报表由 {owner} 设置发送给您。"),
    "zone": ("Days of {zone}", "日期按 {zone} 时区划分"),
    "missed": ("Not sent: {name}", "未送达：{name}"),
    "missed-intro": (
        "The report {name} did not reach everybody:",
        "报表“{name}”未能发送给以下人员：",
    ),
    "gone": ("the account is not there any more, or disabled", "账号已停用或不存在"),
    "no-right": ("may not see reports any more", "已无权查看报表"),
    "no-address": ("has no e-mail address", "未设置电子邮箱"),
    "no-answer": ("the report could not be made", "报表未能生成"),
    "no-report": ("the saved report is gone, or not yours to see", "保存的报表已删除或无权查看"),
    "owner-gone": ("whoever has it sent is gone", "设置发送的人已停用"),
}


class Told(Struct, frozen=True, kw_only=True):
    """A report in the reader's words. `due`: set where it is late."""

    name: str
    days: str
    zone: str
    owner: str
    columns: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    due: str = ""


def said(word: str, language: Language, **facts: object) -> str:
    return _SAYS[word][1 if language == "zh" else 0].format(**facts)


def one_line(text: str) -> str:
    """As a header and a file's name can have it."""
    plain = "".join(it if it.isprintable() and it not in '/\\:*?"<>|' else " " for it in text)
    return " ".join(plain.split())[:100]


def text_of(told: Told, language: Language) -> str:
    """Columns stand below each other where every sign is as wide."""
    lines = [told.name, f"{told.days} · {said('zone', language, zone=told.zone)}", ""]
    lines += [" | ".join(it.title for it in told.columns)] if told.rows else []
    lines += [" | ".join(_cells(told, row)) for row in told.rows[:MOST_LINES]]
    return "\n".join([*lines, "", *_notes(told, language)]) + "\n"


def html_of(told: Told, language: Language) -> str:
    head = "".join(f"<th{_side(it)}>{escape(it.title)}</th>" for it in told.columns)
    rows = "".join(f"<tr>{_row(told, row)}</tr>" for row in told.rows[:MOST_LINES])
    table = (
        '<table style="border-collapse:collapse" cellpadding="6" border="1">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
    days = f"{escape(told.days)} · {escape(said('zone', language, zone=told.zone))}"
    notes = "".join(f"<p>{escape(it)}</p>" for it in _notes(told, language))
    return (
        f'<html lang="{"zh-CN" if language == "zh" else "en"}"><body '
        f'style="font-family:sans-serif"><h2>{escape(told.name)}</h2><p>{days}</p>'
        f"{table if told.rows else ''}{notes}</body></html>\n"
    )


def notice_of(name: str, missed: Mapping[str, NotSent], language: Language) -> tuple[str, str]:
    """Subject and text for the owner."""
    lines = [f"{who}: {said(why, language)}" for who, why in missed.items()]
    intro = said("missed-intro", language, name=name)
    return said("missed", language, name=name), "\n".join([intro, "", *lines]) + "\n"


def _notes(told: Told, language: Language) -> list[str]:
    found = [] if told.rows else [said("nothing", language)]
    if (more := len(told.rows) - MOST_LINES) > 0:
        found.append(said("more", language, n=more))
    if told.due:
        found.append(said("late", language, due=told.due))
    return [*found, said("why", language, owner=told.owner)]


def _row(told: Told, row: Sequence[Cell]) -> str:
    cells = zip(told.columns, _cells(told, row), strict=True)
    return "".join(f"<td{_side(column)}>{escape(cell)}</td>" for column, cell in cells)


def _side(column: Heading) -> str:
    return "" if column.kind == "text" else ' align="right"'


def _cells(told: Told, row: Sequence[Cell]) -> list[str]:
    return [shown(column, cell) for column, cell in zip(told.columns, row, strict=True)]


def shown(column: Heading, cell: Cell) -> str:
    """As the console shows it; "–" where there is no value."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if column.kind == "share":
        return f"{cell:.1%}"
    if column.kind == "seconds":
        minutes, seconds = divmod(round(cell), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    if column.kind == "number":
        return f"{cell:,.1f}"
    return f"{cell:,}" if column.kind == "whole" else str(cell)
