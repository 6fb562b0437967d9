"""Phone numbers as people and spreadsheets write them, to E.164 or to a reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import phonenumbers
from msgspec import Struct
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

from dialer.leads.cells import DATE, Run, digits_of, on_keypad, taken_apart
from dialer.leads.old_forms import modern
from dialer.leads.plans import certain, plan_of

Check = Literal["valid", "possible"]

# What stands between digits and means nothing: blanks, dashes, dots, brackets, invisible signs.
_SIGNS = " \t\u00a0\u202f\u2009\u3000-.()[]·\u2010\u2011\u2012\u2013\u2014\u2212"
_INVISIBLE = "\u200b\u200e\u200f\u202a\u202c\u202d\u2060\u2066\u2068\u2069\ufeff"
_NOISE = dict.fromkeys(map(ord, _SIGNS + _INVISIBLE))
_PLAIN = re.compile(r"\+?[0-9]{4,17}")
_DECIMAL = re.compile(r"\s*\+?[0-9]{6,15}\.0+\s*")
_LIST_MARKER = re.compile(r"[0-9][.)] +(?=[0-9+(])")
_TRUNK_ZERO = re.compile(r"\( *0 *\)")
_HYPHEN_EXTENSION = re.compile(r"(.*[0-9]) ?- ?([0-9]{1,6})")
_SHORT_TAIL = re.compile(r"(.*[0-9]) */ *[0-9]{1,2}")
_SHORT_WORD = re.compile(r"(.*[0-9]) +[0-9]{1,2}")
_BLANKS = re.compile(r" {2,}| */ *| ?[-–] ?| ")
_LONGEST = 64
_FEW = 5  # digits; less beside a number is an hour or a house, not a number gone wrong
_MOST = 32  # digits of two numbers
_WORD = 3  # letters at least
_NANP_LINE = 7  # digits behind the area code

EMPTY = "no number"
SPREADSHEET = (
    "a spreadsheet has shortened the number ({}): format the column as text and export again"
)
NOT_A_NUMBER = "not a phone number ({})"
A_DATE = "a date, not a phone number ({})"
TOO_SHORT = "too short for a phone number ({})"
TOO_LONG = "too long for a phone number ({})"
NO_COUNTRY = "no country code, and no default region is set ({})"
NOT_IN_USE = "no such number in the numbering plan ({})"
SEVERAL = "more than one number ({})"
_LENGTHS = {
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: TOO_SHORT,
    ValidationResult.TOO_LONG: TOO_LONG,
}


class Dialable(Struct, frozen=True, array_like=True):
    """A number to dial, and whom to ask for there."""

    number: str  # E.164
    extension: str = ""  # digits, never dialed


class Reading(Struct, frozen=True):
    """What a cell holds. `reason` says what of it could not be read, also beside good numbers."""

    numbers: list[Dialable]
    reason: str
    rest: str = ""  # what else it says: words, extensions


class NumberReader:
    """Reads numbers written in one region. Raises ValueError for a region that does not exist.

    `check`: "valid" takes what a numbering plan knows, "possible" whatever has a possible length.
    `labelled`: also numbers that the cell calls a fax's or a customer's.
    """

    def __init__(
        self, default_region: str | None, *, check: Check = "valid", labelled: bool = False
    ) -> None:
        region = default_region.strip().upper() if default_region else None
        self._home = plan_of(region) if region else None
        if region and self._home is None:
            raise ValueError(f"no region {default_region!r}; write two letters, as CN, US or GB")
        self._region = region
        self._check = check
        self._labelled = labelled

    def read(self, cell: str) -> tuple[str, str]:
        """(E.164, "") or ("", the reason): a cell that is to hold one number."""
        if number := self.plainly(cell):
            return number, ""
        found = self.read_all(cell)
        if len(found.numbers) == 1 and not found.reason:
            return found.numbers[0].number, ""
        return "", found.reason or SEVERAL.format(cell.strip()[:20])

    def plainly(self, cell: str) -> str | None:
        """E.164 of a cell that is one number, written in a common way; None leaves it open."""
        digits = cell.translate(_NOISE)
        if not _PLAIN.fullmatch(digits):
            return None
        if len(digits) != len(cell) and not _is_one_run(cell):
            return None
        return self._mobile(digits) or certain(digits, self._home)

    def read_all(self, cell: str) -> Reading:
        """The numbers of a cell that may hold several, each once."""
        if number := self.plainly(cell):
            return Reading([Dialable(number)], "")
        apart = taken_apart(cell)
        if not apart.text:
            return Reading([], EMPTY)
        found: dict[str, Dialable] = {}
        reasons = [SPREADSHEET.format(apart.spoiled)] if apart.spoiled else []
        remarks: list[str] = []  # what is no number at all where there is one
        taken: list[Run] = []
        for run in apart.runs:
            if run.labelled and not self._labelled:
                continue
            numbers, reason = self._run(run)
            if reason:
                (remarks if _is_remark(run) else reasons).append(reason)
                continue
            taken.append(run)
            for one in numbers:
                found.setdefault(one.number, one)
        if not found:
            reasons += [*remarks, NOT_A_NUMBER.format(apart.text[:20])]
        reason = reasons[0] if reasons else ""
        return Reading(list(found.values()), reason, apart.beside(taken))

    def _run(self, run: Run) -> tuple[list[Dialable], str]:
        """The numbers of one run of digits, or the reason why there is none."""
        if len(run.text) > _LONGEST:
            return [], TOO_LONG.format(run.text[:20])
        if DATE.fullmatch(run.text):
            return [], A_DATE.format(run.text[:20])
        for text, extension in _meanings(run):
            if found := self._several(text) or self._single(text):
                return [Dialable(number, extension) for number in found], ""
        if number := self._vanity(run) or modern(run.digits, self._home):
            return [Dialable(number, run.extension)], ""
        return self._judged(run)

    def _single(self, text: str) -> list[str]:
        known = self._known(digits_of(text))
        return [known] if known else []

    def _several(self, text: str) -> list[str]:
        """Two numbers or more that stand one after the other, where they cannot be one."""
        is_one = self._known(digits_of(text)) is not None
        for between in (" */ *",) if is_one else (" */ *", " {2,}", " "):
            parts = re.split(between, text)
            if is_one and len({_has_prefix(part) for part in parts}) > 1:
                continue  # 038821/60123: an area and the number in it
            numbers = [self._known(digits_of(part)) for part in parts if len(part) >= _FEW]
            if len(numbers) == len(parts) > 1 and all(numbers):
                return [number for number in numbers if number]
        return [] if is_one else self._two(text)

    def _two(self, text: str) -> list[str]:
        """Two numbers, where there is one place only to part them."""
        digits = len(digits_of(text))
        if not 2 * _FEW < digits <= _MOST:
            return []
        found: list[list[str]] = []
        for gap in _BLANKS.finditer(text):
            first, second = text[: gap.start()], text[gap.end() :]
            if _has_prefix(first) == _has_prefix(second):
                both = [self._known(digits_of(part)) for part in (first, second)]
                if all(both):
                    found.append([number for number in both if number])
        return found[0] if len(found) == 1 else []

    def _known(self, digits: str) -> str | None:
        """E.164 of a number that its plan knows, else None."""
        number = self._mobile(digits) or certain(digits, self._home)
        if number is not None:
            return number
        for spelled in _international(digits, self._region):
            try:
                parsed = phonenumbers.parse(spelled, self._region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(parsed):
                return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
        return None

    def _mobile(self, digits: str) -> str | None:
        """E.164 of a mobile behind its country code without a plus sign, where that is in doubt."""
        home = self._home
        if home is None or not digits.startswith(home.country_code):
            return None
        nsn = home.behind_its_code(digits)
        return f"+{home.country_code}{nsn}" if nsn else None

    def _vanity(self, run: Run) -> str | None:
        """A number that ends in a word for its keys, as only those of companies do."""
        letters = on_keypad(run.letters)
        if len(letters) < _WORD:
            return None
        whole = self._known(run.digits + letters)
        # In North America the keys behind the number's end are pressed for the word's sake.
        number = whole or self._known(run.digits + letters[:_NANP_LINE])
        if number is None or not (whole or number.startswith("+1")):
            return None
        kind = phonenumbers.number_type(phonenumbers.parse(number))
        # Words are sold for toll-free numbers, in Australia for 1300 as well. Elsewhere a word
        # behind a few digits is a remark, whatever number its keys would make.
        australian = kind == PhoneNumberType.SHARED_COST and number.startswith("+61")
        return number if kind == PhoneNumberType.TOLL_FREE or australian else None

    def _judged(self, run: Run) -> tuple[list[Dialable], str]:
        """A number of a possible length where that is enough, else why it is none."""
        shown = run.text[:20]
        try:
            parsed = phonenumbers.parse(run.digits, self._region)
        except phonenumbers.NumberParseException as error:
            return [], _parse_reason(error, shown)
        possible = phonenumbers.is_possible_number_with_reason(parsed)
        if possible == ValidationResult.IS_POSSIBLE and self._check == "possible":
            number = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
            return [Dialable(number, run.extension)], ""
        return [], _LENGTHS.get(possible, NOT_IN_USE).format(shown)


def _is_one_run(cell: str) -> bool:
    """Whether the signs between the digits join them: no date, no remark, no list of numbers."""
    return (
        cell.rfind("(") < 6
        and "  " not in cell.strip()
        and DATE.fullmatch(cell.strip()) is None
        and _DECIMAL.fullmatch(cell) is None
    )


def _is_remark(run: Run) -> bool:
    """An hour, a house or a day: not what a number that went wrong looks like."""
    return len(run.digits) < _FEW or DATE.fullmatch(run.text) is not None


def _has_prefix(text: str) -> bool:
    return text.startswith(("0", "+", "(0"))


def _meanings(run: Run) -> Iterator[tuple[str, str]]:
    """What a run may mean, the likeliest first: the number's text and its extension."""
    text = run.text
    if short := _SHORT_TAIL.fullmatch(text):  # 1234567/8: its last digit may be another one
        yield short[1], run.extension
    yield text, run.extension
    if _TRUNK_ZERO.search(text):
        yield _TRUNK_ZERO.sub("", text), run.extension
    if marker := _LIST_MARKER.match(text):
        yield text[marker.end() :], run.extension
    if word := _SHORT_WORD.fullmatch(text):
        yield word[1], run.extension
    if (hyphen := _HYPHEN_EXTENSION.fullmatch(text)) and not run.extension:
        yield hyphen[1], hyphen[2]


def _international(digits: str, region: str | None) -> Iterator[str]:
    """The digits as they are, and with the prefixes of other countries read as a plus sign."""
    yield digits
    if digits.startswith("00"):
        yield f"+{digits[2:]}"
    elif digits.startswith("011") and region is None:
        yield f"+{digits[3:]}"


def _parse_reason(error: phonenumbers.NumberParseException, shown: str) -> str:
    kinds = phonenumbers.NumberParseException
    if error.error_type in {kinds.TOO_SHORT_NSN, kinds.TOO_SHORT_AFTER_IDD}:
        return TOO_SHORT.format(shown)
    if error.error_type == kinds.TOO_LONG:
        return TOO_LONG.format(shown)
    if error.error_type == kinds.INVALID_COUNTRY_CODE and not shown.startswith("+"):
        return NO_COUNTRY.format(shown)
    if error.error_type == kinds.INVALID_COUNTRY_CODE:
        return NOT_IN_USE.format(shown)
    return NOT_A_NUMBER.format(shown)
