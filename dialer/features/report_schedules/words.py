"""What stands for the values of a report's dimensions, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dialer.features.cdr.public import CallChoices, Choice
from dialer.words import Language

Words = dict[str, dict[str, str]]
_Both = Mapping[str, tuple[str, str]]

_DAYS: Final = (
    ("Monday", "星期一"), ("Tuesday", "星期二"), ("Wednesday", "星期三"), ("Thursday", "星期四"),
    ("Friday", "星期五"), ("Saturday", "星期六"), ("Sunday", "星期日"),
)  # fmt: skip
#: As the console says them.
_FIXED: Final[Mapping[str, _Both]] = {
    "weekday": {str(n): both for n, both in enumerate(_DAYS, 1)},
    "outcome": {
        "connected": ("Connected", "已接通"),
        "abandoned": ("Abandoned", "呼损"),
        "machine": ("Voicemail", "语音信箱"),
        "no_answer": ("No answer", "无人接听"),
        "busy": ("Busy", "占线"),
        "refused": ("Declined", "拒接"),
        "failed": ("Failed", "失败"),
        "cancelled": ("Cancelled", "已取消"),
    },
    "mode": {
        "auto": ("Automatic", "自动外呼"),
        "preview": ("Preview", "预览外呼"),
        "manual": ("By hand", "手动外呼"),
        "callback": ("Callback", "回拨"),
    },
    "hangup_by": {
        "callee": ("Callee", "客户"),
        "agent": ("Rep", "坐席"),
        "dialer": ("Dialer", "系统"),
        "network": ("Network", "线路"),
    },
    "result_group": {
        "sale": ("Sale", "成交"),
        "contact": ("Contact", "已联系"),
        "callback": ("Callback", "约定回拨"),
        "no_contact": ("No contact", "未联系上"),
        "dnc": ("Do not call", "勿扰"),
        "system": ("Other", "其他"),
    },
}


def words_of(choices: CallChoices, language: Language) -> Words:
    """By dimension; what is not there stands as it is."""
    at = 1 if language == "zh" else 0
    found = {name: {key: both[at] for key, both in it.items()} for name, it in _FIXED.items()}
    found["hour"] = {str(hour): f"{hour:02}:00" for hour in range(24)}
    named: dict[str, Sequence[Choice]] = {
        "campaign": choices.campaigns,
        "agent": choices.reps,
        "team": choices.teams,
        "disposition": choices.dispositions,
    }
    return found | {name: _titles(it, language) for name, it in named.items()}


def _titles(of: Iterable[Choice], language: Language) -> dict[str, str]:
    return {it.value: (it.title_zh if language == "zh" else "") or it.title for it in of}
