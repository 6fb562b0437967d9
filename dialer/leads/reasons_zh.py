"""Why a row did not go in, in Chinese: the report is a file for machines as well and stays English,
the line on a screen is for whoever reads it.
"""

from __future__ import annotations

import re

from dialer.leads import numbers, table
from dialer.leads.source import MAX_FIELD, TOO_LONG_FIELD, UNCLOSED

#: The English line, its figures in brackets as {}, and the Chinese one with them in their order.
WORDS: tuple[tuple[str, str], ...] = (
    (numbers.EMPTY, "没有号码"),
    (numbers.SPREADSHEET, "号码已被电子表格缩写（{}）：请将该列设为文本格式后重新导出"),
    (numbers.NOT_A_NUMBER, "不是电话号码（{}）"),
    (numbers.A_DATE, "是日期，不是电话号码（{}）"),
    (numbers.TOO_SHORT, "号码太短（{}）"),
    (numbers.TOO_LONG, "号码太长（{}）"),
    (numbers.NO_COUNTRY, "没有国家代码，也未设置默认地区（{}）"),
    (numbers.NOT_IN_USE, "号码规划中没有这样的号码（{}）"),
    (numbers.SEVERAL, "不止一个号码（{}）"),
    (table.ABOVE_HEADER, "位于表头之上"),
    (TOO_LONG_FIELD, f"有单元格超过 {MAX_FIELD} 个字符"),
    ("contains NUL bytes", "含有 NUL 字符"),
    ("contains characters that cannot be decoded", "含有无法解码的字符"),
    (UNCLOSED, "引号没有闭合"),
    ("{} fields where the header has {}", "有 {} 列，而表头只有 {} 列"),
    ("the name is {} characters long; {} are allowed", "姓名长 {} 个字符，最多 {} 个"),
    ("priority {} is not a number from 0 to 99", "优先级 {} 不是 0 到 99 的数字"),
    ("no time zone {}; write {}", "没有时区 {}，请写 {}"),
    (
        "asked not to be called ({}), with a number that cannot be read: {}",
        "客户已拒绝来电（{}），但号码无法识别：{}",
    ),
    (
        "asked not to be called ({}): {} is on the do-not-call list; {}",
        "客户已拒绝来电（{}）：{} 已加入禁呼名单；{}",
    ),
    (
        "asked not to be called ({}): {} is on the do-not-call list",
        "客户已拒绝来电（{}）：{} 已加入禁呼名单",
    ),
)  # fmt: skip
_ROW = re.compile(r"row ([0-9]+): (.*)", re.DOTALL)


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(re.escape(english).replace(r"\{\}", "(.*?)"), re.DOTALL)


_PATTERNS = tuple((_pattern(english), chinese) for english, chinese in WORDS)


def fault_in_chinese(fault: str) -> str:
    """`row 4: no number` as 第 4 行：没有号码. What has no Chinese stays as it is."""
    row = _ROW.fullmatch(fault)
    return f"第 {row[1]} 行：{reason_in_chinese(row[2])}" if row else reason_in_chinese(fault)


def reason_in_chinese(reason: str) -> str:
    for pattern, chinese in _PATTERNS:
        if match := pattern.fullmatch(reason):
            return chinese.format(*map(reason_in_chinese, match.groups()))
    return reason
