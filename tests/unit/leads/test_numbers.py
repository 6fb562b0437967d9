from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from dialer.leads.numbers import NumberReader
from dialer.leads.plans import certain, plan_of

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
CN = NumberReader("CN")
US = NumberReader("US")


def by_phonenumbers(text: str, region: str | None) -> str | None:
    """What phonenumbers says: E.164 of a valid number, else None."""
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def examples_of(region: str) -> list[str]:
    types = [value for name, value in vars(PhoneNumberType).items() if name.isupper()]
    found = [phonenumbers.example_number_for_type(region, kind) for kind in types]
    return [str(phonenumbers.national_significant_number(n)) for n in found if n is not None]


def near(national: str, changes: list[tuple[int, int]]) -> str:
    """The number with some digits changed."""
    digits = list(national)
    for position, digit in changes:
        digits[position % len(digits)] = str(digit)
    return "".join(digits)


@st.composite
def written_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """A region and digits near one of its numbers, in one of the ways people write them."""
    region = draw(st.sampled_from(REGIONS))
    national = draw(st.sampled_from(examples_of(region) or ["123456"]))
    changes = st.tuples(st.integers(0, 20), st.integers(0, 9))
    national = near(national, draw(st.lists(changes, max_size=4)))
    code = str(phonenumbers.country_code_for_region(region))
    ways = ["", "0", "1", "8", "00", "011", code, f"+{code}", f"+{code}0", f"00{code}", "+"]
    prefix = draw(st.sampled_from(ways))
    cut = draw(st.integers(0, 2))
    return region, prefix + national[: len(national) - cut]


@settings(max_examples=3000, deadline=None)
@given(written_numbers())
@example(("US", "12125551234"))
@example(("GB", "07400123456"))
@example(("CN", "8613812345678"))
@example(("IT", "0612345678"))
@example(("AR", "91123456789"))
@example(("BR", "011912345678"))
@example(("JE", "0800735456"))
def test_the_fast_way_never_contradicts_phonenumbers(case: tuple[str, str]) -> None:
    region, text = case

    fast = certain(text, plan_of(region))

    assert fast is None or fast == by_phonenumbers(text, region)


@settings(max_examples=500, deadline=None)
@example("AC", "+049201000")
@given(st.sampled_from(REGIONS), st.from_regex(r"\+?[0-9]{1,17}", fullmatch=True))
def test_random_digits_are_judged_as_phonenumbers_judges_them(region: str, text: str) -> None:
    fast = certain(text, plan_of(region))

    assert fast is None or fast == by_phonenumbers(text, region)


@pytest.mark.parametrize(
    ("region", "text"),
    [("CN", "13812345678"), ("US", "2125551234"), ("US", "12125551234"), ("GB", "07400123456"),
     ("CN", "8613812345678"), ("DE", "015123456789"), ("CN", "+14165550123"), ("CA", "6135550123")],
)  # fmt: skip
def test_the_common_ways_of_writing_need_no_slow_look(region: str, text: str) -> None:
    assert certain(text, plan_of(region)) == by_phonenumbers(text, region) is not None


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "008613812345678",
        "8613812345678",
        "１３８１２３４５６７８",
        "＋８６ 138 1234 5678",
        "(+86)138-1234-5678",
        "\u200e13812345678\u202c",
        "13812345678.0",
        '="13812345678"',
        "'13812345678",
        "  13812345678\t",
    ],
)
def test_one_number_has_many_spellings(text: str) -> None:
    assert CN.read(text) == ("+8613812345678", "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no number"),
        ("   ", "no number"),
        ("1.38E+10", "spreadsheet"),
        ("1,38123E+10", "spreadsheet"),
        ("1e10", "spreadsheet"),
        ("unknown", "not a phone number"),
        ("无", "not a phone number"),
        ("13", "short"),
        ("1381234567", "numbering plan|short"),
        ("138123456789012", "long"),
        ("9" * 300, "long"),
        ("+999123456789", "numbering plan"),
        ("10000000000", "numbering plan"),
    ],
)
def test_what_is_no_number_gets_its_reason(text: str, reason: str) -> None:
    number, why = CN.read(text)

    assert number == ""
    assert any(part in why for part in reason.split("|")), why


def test_without_a_region_only_international_numbers_are_taken() -> None:
    anywhere = NumberReader(None)

    assert anywhere.read("+86 138 1234 5678") == ("+8613812345678", "")
    assert "no default region" in anywhere.read("13812345678")[1]


def test_a_region_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no region 'China'"):
        NumberReader("China")


def test_a_made_up_number_passes_when_only_its_length_counts() -> None:
    assert US.read("1235550100")[0] == ""
    assert NumberReader("US", check="possible").read("1235550100") == ("+11235550100", "")


def test_a_cell_may_hold_several_numbers() -> None:
    both = ["+8613812345678", "+861012345678"]

    assert CN.read_all("13812345678/010-12345678") == (both, "")
    assert CN.read_all("13812345678、(010) 12345678") == (both, "")
    assert CN.read_all("13812345678\n01012345678") == (both, "")
    assert CN.read_all("010 1234 5678") == (both[1:], "")
    numbers, why = CN.read_all("13812345678 / none")
    assert (numbers, "not a phone number" in why) == ([], True)


@given(st.text(max_size=40))
def test_any_text_gives_a_number_or_a_reason(text: str) -> None:
    number, reason = CN.read(text)

    assert bool(number) != bool(reason)
    assert not number or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit())
