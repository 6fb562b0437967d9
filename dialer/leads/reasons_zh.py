"""Why a row did not go in, in Chinese: the report is a file for machines as well and stays English,
the line on a screen is for whoever reads it.
"""

from __future__ import annotations

import re

from dialer.leads import importer, numbers, reading, table
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
    (importer.DUPLICATE, "与第 {} 行重复（{}）"),
    (importer.KNOWN, "该任务中已有此号码（{}）"),
    (importer.ERASED, "已按本人要求删除其资料；移出禁呼名单后方可再次导入"),
    (reading.WITHOUT, "已导入，但缺少：{}"),
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
    return _of_columns(reason)


def _of_columns(reason: str) -> str:
    """`Phone: too short; Mobile: too long`: under each header its own reason."""
    said = []
    for part in reason.split("; "):
        header, colon, why = part.partition(": ")
        words = reason_in_chinese(why) if colon else why
        if words == why:
            return reason
        said.append(f"{header}：{words}")
    return "；".join(said)


#: Of a file as a whole: what its English line has in it, and what is to be done, in Chinese.
_OF_FILES: tuple[tuple[str, str], ...] = (
    ("the file is empty", "文件是空的"),
    ("this is an old Excel workbook", "旧版或带密码的 Excel 文件，请另存为 .xlsx 或 CSV"),
    ("this is a PDF file", "这是 PDF 文件，请提供 .xlsx 或 CSV"),
    ("this is a binary Excel workbook", "这是二进制 Excel 文件（.xlsb），请另存为 .xlsx 或 CSV"),
    ("this is an OpenDocument file", "这是 OpenDocument 文件，请另存为 .xlsx 或 CSV"),
    ("this is a zip file", "这是压缩文件，请解压后上传 .xlsx 或 CSV"),
    ("most likely Western European", "很可能是西欧文字：请选择编码 cp1252，或另存为 UTF-8"),
    ("workbook would unpack", "该 Excel 文件解压后过大，请另存为 CSV（UTF-8）"),
    ("workbook defines entities", "该 Excel 文件含有实体定义，请另存为 CSV（UTF-8）"),
    ("damaged", "文件已损坏，请重新导出"),
    ("the first line", "第一行已损坏，请重新导出"),
    ("no column of phone numbers", "没有号码列：请指定哪一列是号码"),
    ("say which column holds", "请指定哪一列是号码"),
    ("no region", "没有这个地区：请写两个字母，如 CN、US、GB"),
    ("no encoding", "没有这种编码"),
    ("columns are named", "列数与文件不符，请重新选择文件"),
    ("reading", "文件读取中断，请重试"),
)  # fmt: skip


def file_in_chinese(fault: str) -> str:
    """Why a file as a whole could not be read."""
    return next((said for part, said in _OF_FILES if part in fault), fault)
