"""The kinds of value a setting can have, with the sentence that says what is allowed."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SecretStr,
)
from pydantic import ValidationInfo as Info

from dialer.words import Language

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
SCRIPT_LIMIT = 100_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


class Section(BaseModel):
    """A table of the TOML: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _form(pattern: str, words: str) -> AfterValidator:
    """Text that has this form; `words` say what must be."""
    form = re.compile(pattern)

    def check(value: str) -> str:
        if not form.fullmatch(value):
            raise ValueError(words)
        return value

    return AfterValidator(check)


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(
            "must be 1 to 64 letters A-Z a-z, digits, '-', '_' or '.', the first a letter or digit"
        )
    return value


def _e164(value: str) -> str:
    if not _E164.fullmatch(value):
        raise ValueError("must be a number in full international form, such as +493012345678")
    return value


def _one_line(value: str) -> str:
    if _UNPRINTABLE.search(value):
        raise ValueError("must be one line without control characters")
    return value


def _address(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        raise ValueError("must be an IP address, such as 127.0.0.1 or 0.0.0.0") from None
    return value


def _phone_host(value: str) -> str:
    if re.fullmatch(r"\.?[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)*", value):
        return value.lower()
    return _network(value)


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError("must be a network such as 10.1.2.0/24") from None
    return value


def _absolute(value: Path, info: Info) -> Path:
    base = (info.context or {}).get("base")
    value = value.expanduser()
    return value if value.is_absolute() or base is None else base / value


def _indirect(value: Any, info: Info) -> Any:
    """`env:NAME` and `file:PATH` become what they point at; anything else stays as it is."""
    if not isinstance(value, str):
        return value
    context: Mapping[str, Any] = info.context or {}
    if value.startswith("env:"):
        name = value[4:]
        if (found := context.get("environ", os.environ).get(name)) is None:
            raise ValueError(f"names the environment variable {name}, which is not set")
        return found
    if value.startswith("file:"):
        return _read_secret(_absolute(Path(value[5:]), info))
    return value


def _read_secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ValueError(f"names the file {path}, which cannot be read: {reason}") from None


def _script(value: dict[str, str], info: Info) -> dict[str, str]:
    """Texts by language; the name of a .md file becomes what is in it."""
    return {language: _script_text(text, info) for language, text in value.items()}


def _script_text(text: str, info: Info) -> str:
    if "\n" not in text and text.endswith(".md"):
        text = _read_text(_absolute(Path(text), info))
    if len(text) > SCRIPT_LIMIT:
        raise ValueError(f"a script has at most {SCRIPT_LIMIT:,} signs")
    return text


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ValueError(f"names the file {path}, which cannot be read: {reason}") from None


def _one_line_secret(value: SecretStr) -> SecretStr:
    _one_line(value.get_secret_value())
    return value


Name = Annotated[str, AfterValidator(_name)]
"""What goes into paths, labels and dialplan variables."""

PhoneNumber = Annotated[str, AfterValidator(_e164)]
Line = Annotated[str, AfterValidator(_one_line)]
HostPort = Annotated[
    str,
    _form(
        r"(([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\]):[1-9][0-9]{0,4})?",
        'must be host:port, such as "10.1.2.3:4573"',
    ),
]
PhoneUrl = Annotated[
    str, _form(r"(wss?://[^\s/?#]+(/[^\s?#]*)?)?", 'must be like "wss://calls.example.com/ws"')
]
IpAddress = Annotated[str, AfterValidator(_address)]
Network = Annotated[str, AfterValidator(_network)]
PhoneHost = Annotated[str, AfterValidator(_phone_host)]
"""A network, an address, a name, or a domain with a dot before it."""

Country = Annotated[
    str, _form(r"([A-Z]{2})?", 'must be a country as two capital letters, such as "DE"')
]
CountryCode = Annotated[
    str, _form(r"([1-9][0-9]{0,2})?", 'must be a country\'s dialing code, such as "49"')
]
Digits = Annotated[str, _form(r"[0-9]{0,8}", "must be at most 8 digits in quotes")]
Sound = Annotated[
    str,
    _form(
        r'[^,|"\\\x00-\x1f\x7f]*', "must be a path or name without comma, bar, quote or backslash"
    ),
]
FilePath = Annotated[Path, AfterValidator(_absolute)]
"""A path; a relative one counts from the folder of the file it is written in."""

Script = Annotated[dict[Language, str], AfterValidator(_script)]
"""What to say, by language; a path counts from the folder of dialer.toml."""

Secret = Annotated[SecretStr, BeforeValidator(_indirect), AfterValidator(_one_line_secret)]
"""A value that is never shown; `env:NAME` and `file:PATH` say where it is kept."""


def said(secret: SecretStr | None) -> str:
    """The value of a secret, "" for none."""
    return secret.get_secret_value() if secret is not None else ""
