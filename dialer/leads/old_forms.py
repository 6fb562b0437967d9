"""Numbers in the form they had before their country's plan changed, to the form they have now.

Address books and registers keep the old form for years, and the networks have stopped completing
it. A do-not-call list that misses it protects nobody. Only changes that are certain stand here:
every old number has one new one, and the result is taken only where the plan knows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dialer.leads.plans import Plan, plans_of_code

_Match = re.Match[str]
Form = tuple[re.Pattern[str], Callable[[_Match], str]]


def _to(pattern: str, template: str) -> Form:
    return re.compile(pattern), lambda match: match.expand(template)


def _by_prefix(table: dict[str, str], rest: int) -> Form:
    """The prefix is exchanged, `rest` digits behind it stay."""
    pattern = re.compile(f"({'|'.join(table)})([0-9]{{{rest}}})")
    return pattern, lambda match: table[match[1]] + match[2]


_EGYPT = {
    "10": "100", "11": "111", "12": "122", "14": "114",
    "16": "106", "17": "127", "18": "128", "19": "109",
}  # fmt: skip
_VIETNAM = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35",
    "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
# By country calling code, on national numbers as they were written, trunk prefix and all.
_FORMS: dict[str, list[Form]] = {
    "20": [_by_prefix(_EGYPT, 7)],  # Egypt, 2011: mobiles of 10 digits
    "52": [  # Mexico, 2019: no 01, 044 and 045, no 1 before mobiles
        _to(r"(?:01|04[45])?1?([2-9][0-9]{9})", r"\1"),
    ],
    "55": [  # Brazil, 2012 to 2016: a 9 before mobiles; 7 was also the trunked radio, which kept 8
        _to(r"([1-9][1-9])([689][0-9]{7})", r"\g<1>9\2"),
    ],
    "56": [_to(r"2([2-9][0-9]{6})", r"22\1")],  # Chile, 2013: Santiago
    "57": [_to(r"([124-8][2-8][0-9]{6})", r"60\1")],  # Colombia, 2021: 60 before landlines
    "84": [  # Vietnam: 2018 mobiles of 9 digits; 2017 Hanoi
        _by_prefix(_VIETNAM, 7),
        _to(r"4([2-9][0-9]{7})", r"24\1"),
    ],
    "225": [  # Ivory Coast, 2021: two digits more, by the operator
        _to(r"([04-9][0-3][0-9]{6})", r"01\1"),
        _to(r"([04-9][4-6][0-9]{6})", r"05\1"),
        _to(r"([04-9][7-9][0-9]{6})", r"07\1"),
        _to(r"([23][0-9]8[0-9]{5})", r"21\1"),
        _to(r"([23][0-9]0[0-9]{5})", r"25\1"),
        _to(r"([23][0-9][1-79][0-9]{5})", r"27\1"),
    ],
    "229": [_to(r"([2-9][0-9]{7})", r"01\1")],  # Benin, 2024: 01 before every number
    "230": [_to(r"([4789][0-9]{6})", r"5\1")],  # Mauritius, 2013: 5 before mobiles
    "237": [  # Cameroon, 2014: 6 before mobiles, 2 before landlines
        _to(r"([5-9][0-9]{7})", r"6\1"),
        _to(r"((?:22|33)[0-9]{6})", r"2\1"),
    ],
    "593": [_to(r"([89][0-9]{7})", r"9\1")],  # Ecuador, 2012: 9 before mobiles
}


def modern(digits: str, home: Plan | None) -> str | None:
    """E.164 as it is now of a number in an old form, if it is one.

    `digits` may stand behind a plus sign.
    """
    for code, national in _readings(digits, home):
        for pattern, renewed in _FORMS.get(code, ()):
            match = pattern.fullmatch(national)
            if match is None:
                continue
            nsn = renewed(match)
            if any(plan.is_valid(nsn) for plan in plans_of_code(code)):
                return f"+{code}{nsn}"
    return None


def _readings(digits: str, home: Plan | None) -> Iterator[tuple[str, str]]:
    """Country code and national number, in the ways these digits can be meant."""
    if digits.startswith(("+", "00")):
        bare = digits[1:] if digits.startswith("+") else digits[2:]
        for length in (2, 3):
            if bare[:length] in _FORMS:
                yield bare[:length], bare[length:]
                yield bare[:length], bare[length:].removeprefix("0")
    elif home is not None and home.country_code in _FORMS:
        yield home.country_code, digits
        if home.national_prefix:
            yield home.country_code, digits.removeprefix(home.national_prefix)
        yield home.country_code, digits.removeprefix("0")
        if digits.startswith(home.country_code):
            yield home.country_code, digits.removeprefix(home.country_code)
