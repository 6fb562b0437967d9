"""Phone numbers as people and spreadsheets write them, to E.164 or to a reason why not."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

from dialer.leads.plans import certain, plan_of

Check = Literal["valid", "possible"]

# What stands between digits and means nothing: blanks, dashes, dots, brackets, invisible signs.
_NOISE = dict.fromkeys(
    map(
        ord,
        " \t\u00a0\u3000-.()[]·\u2010\u2011\u2012\u2013\u2014\u2212\u200b\u200e\u200f\u202c\ufeff",
    )
)
_PLAIN = re.compile(r"\+?[0-9]{4,17}")
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")
_DECIMAL = re.compile(r"([0-9]{6,15})\.0+")
_AS_TEXT = re.compile(r'=?"([^"]*)"|\'(.*)')
_SEPARATORS = re.compile(r"[;,、/；，｜|\n\r]+|\s{2,}")
_LONGEST = 64

EMPTY = "no number"
SPREADSHEET = (
    "a spreadsheet has shortened the number ({}): format the column as text and export again"
)
NOT_A_NUMBER = "not a phone number ({})"
TOO_SHORT = "too short for a phone number ({})"
TOO_LONG = "too long for a phone number ({})"
NO_COUNTRY = "no country code, and no default region is set ({})"
NOT_IN_USE = "no such number in the numbering plan ({})"


class NumberReader:
    """Reads numbers written in one region. Raises ValueError for a region that does not exist.

    `check`: "valid" takes what a numbering plan knows, "possible" whatever has a possible length.
    """

    def __init__(self, default_region: str | None, *, check: Check = "valid") -> None:
        region = default_region.strip().upper() if default_region else None
        self._home = plan_of(region) if region else None
        if region and self._home is None:
            raise ValueError(f"no region {default_region!r}; write two letters, as CN, US or GB")
        self._region = region
        self._check = check

    def read(self, cell: str) -> tuple[str, str]:
        """(E.164, "") or ("", the reason)."""
        digits = cell.translate(_NOISE)
        if _PLAIN.fullmatch(digits) and not _DECIMAL.fullmatch(cell.strip()):
            number = certain(digits, self._home)
            if number is not None:
                return number, ""
        return self._read_slowly(cell)

    def read_all(self, cell: str) -> tuple[list[str], str]:
        """The numbers of a cell that may hold several; the reason when one of them is none."""
        number, reason = self.read(cell)
        if number:
            return [number], ""
        parts = [part for part in _SEPARATORS.split(cell.strip()) if part.strip()]
        if len(parts) < 2:
            return [], reason
        numbers = []
        for part in parts:
            number, why = self.read(part)
            if not number:
                return [], why
            numbers.append(number)
        return numbers, ""

    def _read_slowly(self, cell: str) -> tuple[str, str]:
        text = _cleaned(cell)
        shown = text[:20]
        if not text:
            return "", EMPTY
        if _SCIENTIFIC.fullmatch(text):
            return "", SPREADSHEET.format(shown)
        if len(text) > _LONGEST:
            return "", TOO_LONG.format(shown)
        try:
            parsed = phonenumbers.parse(text, self._region)
        except phonenumbers.NumberParseException as error:
            return "", _parse_reason(error, shown)
        return self._judged(parsed, shown)

    def _judged(self, parsed: phonenumbers.PhoneNumber, shown: str) -> tuple[str, str]:
        possible = phonenumbers.is_possible_number_with_reason(parsed)
        if possible in {ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY}:
            return "", TOO_SHORT.format(shown)
        if possible == ValidationResult.TOO_LONG:
            return "", TOO_LONG.format(shown)
        valid = phonenumbers.is_valid_number(parsed)
        if possible != ValidationResult.IS_POSSIBLE or not (valid or self._check == "possible"):
            return "", NOT_IN_USE.format(shown)
        return phonenumbers.format_number(parsed, PhoneNumberFormat.E164), ""


def _cleaned(cell: str) -> str:
    """Without what spreadsheets and keyboards add: full-width digits, ="…", '…, a final .0."""
    text = unicodedata.normalize("NFKC", cell).strip().strip("\u200b\u200e\u200f\u202c\u202d\ufeff")
    if match := _AS_TEXT.fullmatch(text):
        text = (match[1] if match[1] is not None else match[2]).strip()
    if match := _DECIMAL.fullmatch(text):
        text = match[1]
    return text


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
