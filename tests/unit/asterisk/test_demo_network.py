"""The demo's numbers, leads and distributions."""

from __future__ import annotations

import re
import statistics
from collections import Counter

import phonenumbers
import pytest

from dialer.asterisk.demo_network import (
    DIGITS,
    MIX,
    area_codes,
    behaviour_of,
    demo_leads,
    lognormal_quantiles,
    number_for,
)
from dialer.asterisk.render import templates_dir


def test_every_last_two_digits_have_exactly_one_behaviour() -> None:
    digits = sorted(digit for behaviour in DIGITS.values() for digit in behaviour)
    assert digits == list(range(100))


def pattern_to_regex(pattern: str) -> str:
    sets = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]"}
    return "".join(sets.get(sign, sign) for sign in pattern.removeprefix("_"))


@pytest.mark.parametrize("digits", [f"{n:02}" for n in range(100)])
def test_the_dialplan_has_an_answer_for_every_two_digits(digits: str) -> None:
    plan = (templates_dir() / "demo/extensions.conf").read_text()
    section = plan.split("[callee]")[1].split("\n[")[0]
    patterns = re.findall(r"^exten => ([^,]+),1,", section, re.MULTILINE)
    found = [p for p in patterns if re.fullmatch(pattern_to_regex(p), digits)]
    assert len(found) == 1


def test_demo_numbers_are_valid_and_reserved_for_fiction() -> None:
    for behaviour in DIGITS:
        number = number_for(behaviour, 415, 3)
        assert phonenumbers.is_valid_number(phonenumbers.parse(number))
        assert re.fullmatch(r"\+1\d{3}55501\d\d", number)
        assert behaviour_of(number) == behaviour
    assert len(area_codes()) > 300


def test_demo_leads_are_different_repeatable_and_mixed_as_asked() -> None:
    leads = demo_leads(2000, seed=7)

    assert leads == demo_leads(2000, seed=7)
    assert leads != demo_leads(2000, seed=8)
    assert len({lead.number for lead in leads}) == 2000
    counted = Counter(behaviour_of(lead.number) for lead in leads)
    for behaviour, share in MIX.items():
        assert counted[behaviour] / 2000 == pytest.approx(share, abs=0.03)
    assert {lead.language for lead in leads} == {"en", "zh"}


def test_more_leads_than_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="not 1000 numbers"):
        demo_leads(1000, mix={"stays": 1.0})


def test_quantiles_stand_for_their_distribution() -> None:
    draws = lognormal_quantiles(8.0, 0.5, 64)

    assert draws == sorted(draws)
    assert statistics.median(draws) == pytest.approx(8.0, rel=0.01)
    assert statistics.mean(draws) == pytest.approx(8.0 * 2.718281828 ** (0.5**2 / 2), rel=0.02)
