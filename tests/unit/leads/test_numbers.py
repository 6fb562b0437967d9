from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from dialer.leads.numbers import NumberReader
from dialer.leads.plans import certain, plan_of

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
READERS = {region: NumberReader(region) for region in REGIONS}
CN = READERS["CN"]
US = READERS["US"]
STRICTLY = {region: NumberReader(region, check="possible") for region in REGIONS}


def read(region: str, cell: str) -> list[str]:
    """The numbers of a cell, with their extensions behind an x."""
    found = READERS[region].read_all(cell).numbers
    return [f"{one.number}x{one.extension}".rstrip("x") for one in found]


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

    for between in [*"/、\n;；|,，", " / ", " or ", " 或 ", " oder ", "  "]:
        assert read("CN", f"13812345678{between}(010) 12345678") == both, between
    assert read("CN", "010 1234 5678") == both[1:]
    assert read("CN", "1、13812345678 2、01012345678") == both
    assert CN.read("13812345678 / 010-12345678") == (
        "",
        "more than one number (13812345678 / 010-12)",
    )


@given(st.text(max_size=40))
def test_any_text_gives_a_number_or_a_reason(text: str) -> None:
    number, reason = CN.read(text)

    assert bool(number) != bool(reason)
    assert not number or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit())


@pytest.mark.parametrize(
    ("region", "cell", "number", "rest"),
    [
        ("DE", "030 1234567 privat", "+49301234567", "privat"),
        ("DE", "030 1234567 PRIVAT", "+49301234567", "PRIVAT"),
        ("DE", "030 1234599 (Mo-Fr)", "+49301234599", "Mo-Fr"),
        ("DE", "030 1234567 (9-17)", "+49301234567", "9-17"),
        ("DE", "0171 1234567 seit 01.12.2026", "+491711234567", "seit 01.12.2026"),
        ("DE", "Tel.: 030 123456, Fax 030 123457", "+4930123456", "Tel Fax 030 123457"),
        ("DE", "0171 1234567 Kd-Nr. 30123456", "+491711234567", "Kd-Nr. 30123456"),
        ("DE", "030 1234567²", "+49301234567", "²"),
        ("CN", "13812345678张三", "+8613812345678", "张三"),
        ("US", "(212) 555-0142 CELL", "+12125550142", "CELL"),
    ],
)
def test_a_comment_stays_a_comment(region: str, cell: str, number: str, rest: str) -> None:
    found = READERS[region].read_all(cell)

    assert [one.number for one in found.numbers] == [number]
    assert (found.reason, found.rest) == ("", rest)


@pytest.mark.parametrize("region", REGIONS)
def test_no_region_makes_digits_of_a_comment_on_a_do_not_call_list(region: str) -> None:
    for national in examples_of(region)[:2]:
        alone = STRICTLY[region].read_all(national).numbers
        for word in "privat", "MAMA", "(Buero)", "Herr Bogdan":
            assert STRICTLY[region].read_all(f"{national} {word}").numbers == alone


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1-800-FLOWERS", "+18003569377"), ("1800flowers", "+18003569377"),
     ("1-888-ASK-USAIR", "+18882758724")],
)  # fmt: skip
def test_a_word_on_the_keys_of_a_company_is_read(cell: str, number: str) -> None:
    assert read("US", cell) == [number]


@pytest.mark.parametrize(
    ("region", "cell", "number"),
    [
        ("US", "+1 212 555 0142 x12", "+12125550142x12"),
        ("US", "(212) 555-0142 ext. 12", "+12125550142x12"),
        ("US", "212-555-0142 #12", "+12125550142x12"),
        ("US", "tel:+1-212-555-0142;ext=12", "+12125550142x12"),
        ("US", "212-555-0142,,12#", "+12125550142x12"),
        ("DE", "030 123456 Durchwahl 12", "+4930123456x12"),
        ("DE", "030 12345-12", "+49301234512"),
        ("FR", "01 42 68 53 00 poste 12", "+33142685300x12"),
        ("CN", "010-12345678转12", "+861012345678x12"),
        ("CN", "010-12345678 分机：12", "+861012345678x12"),
        ("CN", "(010)12345678转分机12", "+861012345678x12"),
        ("CN", "010-12345678-8012", "+861012345678x8012"),
    ],
)
def test_an_extension_is_kept_apart_from_the_number(region: str, cell: str, number: str) -> None:
    assert read(region, cell) == [number]


@pytest.mark.parametrize(
    ("region", "cell", "number"),
    [
        ("MX", "044 55 8765 4321", "+525587654321"),
        ("MX", "01 55 8765 4321", "+525587654321"),
        ("DE", "+52 1 55 8765 4321", "+525587654321"),
        ("DE", "+229 97 12 34 56", "+2290197123456"),
        ("CI", "07 12 34 56", "+2250707123456"),
        ("CI", "05 12 34 56", "+2250505123456"),
        ("CI", "01 12 34 56", "+2250101123456"),
        ("BR", "(11) 8765-4321", "+5511987654321"),
        ("AR", "011 15 2345-6789", "+5491123456789"),
        ("VN", "0168 123 4567", "+84381234567"),
        ("CO", "1 345 6789", "+576013456789"),
        ("EG", "010 123 4567", "+201001234567"),
        ("EC", "09 8123456", "+593998123456"),
    ],
)
def test_the_old_form_of_a_number_is_read_as_the_new_one(
    region: str, cell: str, number: str
) -> None:
    assert read(region, cell) == [number]
    assert STRICTLY[region].read(cell) == (number, "")


@pytest.mark.parametrize(
    ("region", "cell", "number"),
    [
        ("DE", "+49 (0)30 1234567", "+49301234567"),
        ("IT", "+39 (0)6 69812345", "+390669812345"),
        ("IT", "+39 (0)335 1234567", "+393351234567"),
        ("US", "0086 138 0013 8000", "+8613800138000"),
        ("US", "+86-138-0013-8000", "+8613800138000"),
        ("US", "(+86) 138 0013 8000", "+8613800138000"),
        ("US", "++86 138 0013 8000", "+8613800138000"),
        ("CN", "\u2066+86\u00a0138\u202f0013\u20098000\u2069", "+8613800138000"),
        ("CN", "13,800,138,000", "+8613800138000"),
        ("CN", "=“13800138000”", "+8613800138000"),
        ("CN", "13800138000.", "+8613800138000"),
        ("US", "٢١٢٥٥٥٠١٤٢", "+12125550142"),
        ("DE", "030/1234567", "+49301234567"),
        ("DE", "030 1234567/8", "+49301234567"),
        ("FR", "01.42.68.53.00", "+33142685300"),
    ],
)
def test_signs_of_many_keyboards_and_programs_mean_nothing(
    region: str, cell: str, number: str
) -> None:
    assert read(region, cell) == [number]


@pytest.mark.parametrize("cell", ["30.11.2026", "2026-11-30", "2026-11-30 12:00:00", "1/12/2026"])
def test_a_date_is_no_number_even_where_its_digits_are_one(cell: str) -> None:
    number, reason = STRICTLY["DE"].read(cell)

    assert (number, reason[:35]) == ("", f"a date, not a phone number ({cell[:7]}")


def test_a_spoiled_number_is_told_where_another_is_good() -> None:
    found = CN.read_all("13812345678 / 1.38E+10")

    assert [one.number for one in found.numbers] == ["+8613812345678"]
    assert "spreadsheet" in found.reason


def ascii_digits(text: str) -> str:
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


CELLS = st.lists(
    st.one_of(
        st.text(alphabet="0123456789 ()-./+,;xX", min_size=1, max_size=14),
        st.sampled_from(["privat", "ext", "转", "(0)", "FLOWERS", "\n", "0049", "９", "(Mo-Fr)"]),
        st.text(max_size=6),
    ),
    max_size=6,
).map("".join)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(["DE", "US", "CN", "FR", "IT", "JM"]), CELLS, st.booleans())
@example("DE", "030 1234567 privat", True)
@example("CN", "9500privat", True)
def test_no_digit_of_a_number_is_one_that_nobody_wrote(
    region: str, cell: str, strictly: bool
) -> None:
    found = (STRICTLY if strictly else READERS)[region].read_all(cell)

    for one in found.numbers:
        kind = phonenumbers.number_type(phonenumbers.parse(one.number))
        if kind != PhoneNumberType.TOLL_FREE:
            national = phonenumbers.national_significant_number(phonenumbers.parse(one.number))
            assert national.lstrip("0") in ascii_digits(cell), found
        assert one.extension in ascii_digits(cell)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(["DE", "US", "CN", "MX", "CI"]), CELLS)
def test_a_number_that_was_read_reads_the_same_again(region: str, cell: str) -> None:
    for one in READERS[region].read_all(cell).numbers:
        assert READERS[region].read(one.number) == (one.number, "")
        again = READERS[region].read_all(f"{one.number} x{one.extension}").numbers
        assert again == [one] if one.extension else [one]


@pytest.mark.parametrize(
    ("region", "cell", "number"),
    [
        ("DE", "491711234567", "+491711234567"),
        ("DE", "49 151 23456789 privat", "+4915123456789"),
        ("DE", "491711234567 / 030 1234567", "+491711234567"),
        ("ID", "62812345678", "+62812345678"),
        ("XK", "38343201234", "+38343201234"),
        ("IT", "3932012345", "+393932012345"),  # a mobile of 393, with nothing before it
        ("DE", "0491 711234", "+49491711234"),  # Leer
    ],
)
def test_a_mobile_behind_its_country_code_is_no_landline(
    region: str, cell: str, number: str
) -> None:
    """Spreadsheets take the plus sign away, and behind 0491 and 038 there are landlines as well."""
    assert read(region, cell)[0] == number
    assert STRICTLY[region].read_all(cell).numbers[0].number == number
