"""What people write into a cell of phone numbers: digits, extensions, words, several at once.

Nothing here knows numbering plans. A cell becomes runs of digits, each with the extension and the
letters that stand behind it; no digit is ever made of a letter, and none is moved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import Struct

_AS_TEXT = re.compile(r'=?\s*["“”„]([^"“”„]*)["“”„]|[\'’‘](.*)', re.DOTALL)
_URI = re.compile(r"(?:tel|callto|phone|sms|whatsapp|wa):/{0,2}", re.IGNORECASE)
# A date is no number, though 30.11.2026 would be one in Berlin.
DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-/.])(?:1[0-2]|0?[1-9])\1(?:[12]\d|3[01]|0?[1-9])"
    r"|(?:[12]\d|3[01]|0?[1-9])([-/.])(?:[12]\d|3[01]|0?[1-9])\2(?:19|20)\d\d)"
    r"(?!\d)(?:[ T]\d\d?(?::\d\d){0,2})?"
)
SCIENTIFIC = re.compile(r"(?<![\w.,])[+-]?[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}(?![\w])")
_DECIMAL = re.compile(r"(\+?[0-9]{6,17})[.,]0+")
_THOUSANDS = re.compile(r"\d{1,3}(?:([,'])\d{3})(?:\1\d{3}){2,}")
# Digits and what stands between the digits of one number.
_RUN = re.compile(r"\+*[ ]?\(?[ ]?\+?[0-9](?:[ ().\-/–]*[0-9])*")
# A bracket behind so many digits opens a remark, as in 030 1234567 (9-17).
_AREA_DIGITS = 6
_EXTENSION = re.compile(
    r"[\s,;:.()\[\]\-–/]*"
    r"(?:;ext=|ext(?:ension|n)?|xtn|x|#|durchwahl|dw|nebenstelle|nst|apparat|app|klappe|kl"
    r"|poste|interne|interno|int|anexo|ramal|wew|доб(?:авочный)?|доп"
    r"|[转轉](?:分[机機]|接)?号?|分[机機][号號]?|[内內][线線])"
    r"[\s.:=\-–]*(?:(?:nr|no)[\s.:]*)?[\s(]*",
    re.IGNORECASE,
)
_PAUSED = re.compile(r"\s*,\s*,+\s*")
_EXTENSION_DIGITS = re.compile(r"[0-9]{1,7}(?![0-9])")
# Digits that are something else, by the word before them.
_LABELLED = re.compile(
    r"(?:(?:tele)?fax|传真|傳真|(?:kunden|vertrags|auftrags|rechnungs|kd|ref)[ .\-]*(?:nr|nummer)"
    r"|\b(?:customer|client|account|acct|contract|invoice|order|case|ticket|ref(?:erence)?)"
    r"(?:[ .]*(?:no|nr|number|id))?|\bid|\bplz|\bzip"
    r"|客户号|客户编号|编号|订单号?|身份证号?|工号|qq号?)"
    r"[\s.:#=()\-]*",
    re.IGNORECASE,
)
_VANITY = re.compile(r"[\-. ]?([A-Za-z](?:[\-.]?[A-Za-z0-9])*)")
_KEYPAD = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999", "-."
)  # fmt: skip
_WORD = re.compile(r"[^\W_]")
_LOOSE = " \t\r\n,;:/|-.()[]、，；。"


class Run(Struct, frozen=True):
    """Digits as they stand in a cell, and what belongs to them."""

    text: str  # digits, blanks, dashes, dots, brackets; a plus sign at most in front
    span: tuple[int, int]  # where in the cell
    extension: str = ""
    letters: str = ""  # directly behind the digits, as in 1-800-FLOWERS
    labelled: bool = False  # said to be something else: a fax, a customer's number

    @property
    def digits(self) -> str:
        """The digits alone, behind the plus sign if there is one."""
        return digits_of(self.text)


class Cell(Struct, frozen=True):
    """A cell taken apart."""

    text: str  # cleaned
    runs: list[Run]
    spoiled: str  # a number that a spreadsheet has shortened, or ""

    def beside(self, runs: Sequence[Run]) -> str:
        """What the cell says beside the digits of these runs: words, extensions, other digits."""
        ends = [0, *(end for run in runs for end in run.span), len(self.text)]
        words = (self.text[a:b].strip(_LOOSE) for a, b in zip(ends[::2], ends[1::2], strict=True))
        rest = " ".join(" ".join(words).split())
        return rest if _WORD.search(rest) else ""


def digits_of(text: str) -> str:
    """ASCII digits of `text`, behind a plus sign if it begins with one."""
    digits = "".join(filter(str.isdigit, text))
    return f"+{digits}" if text.startswith("+") else digits


def on_keypad(letters: str) -> str:
    """The digits on whose keys these letters are."""
    return letters.upper().translate(_KEYPAD)


def cleaned(cell: str) -> str:
    """Without what spreadsheets, keyboards and word processors add; one kind of digit and blank."""
    text = cell if cell.isascii() else "".join(map(_plain_sign, cell))
    text = text.strip(" \t\r\n")
    while (match := _AS_TEXT.fullmatch(text)) is not None:
        text = (match[1] if match[1] is not None else match[2]).strip()
    if match := _URI.match(text):
        text = text[match.end() :].split(";phone-context", 1)[0]
    if match := _DECIMAL.fullmatch(text):
        return match[1]
    return re.sub("[,']", "", text) if _THOUSANDS.fullmatch(text) else text


def _plain_sign(sign: str) -> str:
    """Digits of any script and full-width forms as ASCII; invisible signs as nothing.

    No compatibility form beyond that: a small ² behind a number is a footnote.
    """
    if sign < "\x80":
        return sign
    if "\uff01" <= sign <= "\uff5e":
        return chr(ord(sign) - 0xFEE0)
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind == "Pd" or sign in "\u2212\u00b7\u2022\u30fb\u2043":
        return "-"
    if kind == "Zs":
        return " "
    return {"Cf": "", "Mn": "", "Me": "", "Zl": "\n", "Zp": "\n"}.get(kind, sign)


def taken_apart(cell: str) -> Cell:
    """The runs of digits of a cell, in order."""
    text = cleaned(cell)
    spoiled = SCIENTIFIC.search(text)
    readable = SCIENTIFIC.sub(lambda match: "\0" * len(match.group()), text) if spoiled else text
    return Cell(text, list(_runs(readable)), spoiled.group() if spoiled else "")


def _runs(text: str) -> Iterator[Run]:
    end = 0
    while (found := _next_run(text, end)) is not None:
        start, stop = found
        label = text[end:start]
        extension, end = _extension(text, stop)
        letters = None if extension else _VANITY.match(text, stop)
        yield Run(
            _with_plus_in_front(text[start:stop]),
            found,
            extension,
            letters[1] if letters else "",
            _is_labelled(label),
        )


def _next_run(text: str, position: int) -> tuple[int, int] | None:
    match = _RUN.search(text, position)
    if match is None:
        return None
    start, stop = match.span()
    seen = 0
    for i in range(start, stop):
        sign = text[i]
        if sign == "(" and seen >= _AREA_DIGITS:
            return start, _back_to_digit(text, i)
        seen += sign.isdigit()
    if date := DATE.search(text, start, stop):
        if date.start() > start and _back_to_digit(text, date.start()) > start:
            return start, _back_to_digit(text, date.start())
        return start, date.end()
    return start, stop


def _back_to_digit(text: str, stop: int) -> int:
    while stop and not text[stop - 1].isdigit():
        stop -= 1
    return stop


def _with_plus_in_front(text: str) -> str:
    """`(+49) 30`, `++49`, `+ 49` and `+0049` with one plus sign in front."""
    text = text.strip()
    if "+" not in text:
        return text
    text = text.replace("+", "").replace("(", "", text.startswith("(")).lstrip(" (")
    return re.sub(r"^\+00(?=[1-9])", "+", f"+{text}")


def _extension(text: str, stop: int) -> tuple[str, int]:
    """The extension behind a run that ends at `stop`, and where it ends itself."""
    for pattern in (_EXTENSION, _PAUSED):
        if (word := pattern.match(text, stop)) is None:
            continue
        if digits := _EXTENSION_DIGITS.match(text, word.end()):
            return digits.group(), digits.end()
    return "", stop


def _is_labelled(label: str) -> bool:
    """Whether the word before a run says that it is no number to call."""
    return any(match.end() == len(label) for match in _LABELLED.finditer(label))
