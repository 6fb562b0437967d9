from __future__ import annotations

import re

import pytest

from dialer.leads import numbers
from dialer.leads.reasons_zh import WORDS, fault_in_chinese, reason_in_chinese

OF_NUMBERS = [value for name, value in vars(numbers).items() if name.isupper() and name[0] != "_"]
REASONS = [value for value in OF_NUMBERS if isinstance(value, str)]


@pytest.mark.parametrize("reason", [*REASONS, *(english for english, _ in WORDS)])
def test_every_reason_why_a_row_did_not_go_in_has_chinese_words(reason: str) -> None:
    said = reason_in_chinese(reason.replace("{}", "1"))

    assert re.search("[\u4e00-\u9fff]", said)
    assert re.findall("[A-Za-z]{2,}", said.replace("NUL", "")) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("row 4: no number", "第 4 行：没有号码"),
        ("row 2: no time zone 'X'; write Asia/Tokyo", "第 2 行：没有时区 'X'，请写 Asia/Tokyo"),
        (
            "row 3: asked not to be called (拒接: 是): +8613800138000 is on the do-not-call list",
            "第 3 行：客户已拒绝来电（拒接: 是）：+8613800138000 已加入禁呼名单",
        ),
        ("row 5: something new {x}", "第 5 行：something new {x}"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_first_fault_of_a_list_is_said_in_chinese(fault: str, said: str) -> None:
    assert fault_in_chinese(fault) == said
