"""Write config/dialer.toml and the tables of docs/configuration.md from the settings' own words.

`python -m dialer.settings.reference` rewrites both; a test holds that they are as it writes them.
"""

from __future__ import annotations

import re
import sys
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from dialer.settings.alerts import AlertSettings, WebhookSettings
from dialer.settings.campaigns import CampaignSettings, PoolSettings
from dialer.settings.changes import is_live
from dialer.settings.kinds import Section
from dialer.settings.model import Settings
from dialer.settings.problems import dotted
from dialer.settings.sections import TrunkSettings

HEAD = """\
# Settings of the dialer. Every key is here with its default, commented out: uncomment what you
# change. Read at start from --config, $DIALER_CONFIG, ./dialer.toml,
# $XDG_CONFIG_HOME/dialer/dialer.toml (~/.config/dialer/dialer.toml) or /etc/dialer/dialer.toml.
# Keys marked (live) take effect when this file is saved; the others at the next start.
# What is wrong is said with file, line and key, and then nothing of the change is taken.
"""
_PLAIN = ("service", "log", "store", "bus", "asterisk")
_LIVE_SECTIONS = (PoolSettings, CampaignSettings, AlertSettings, WebhookSettings)
_WEBHOOK = {"url": "https://crm.example.com/dialer", "secret": "16 signs or more"}
_MARK_BEGIN, _MARK_END = "<!-- keys -->", "<!-- /keys -->"


def example() -> str:
    """The text of config/dialer.toml."""
    parts = [HEAD, *(_table(f"[{name}]", _model(name)) for name in _PLAIN)]
    parts.append(_table("[[trunk]]", TrunkSettings, {"name": "main", "host": "sip.example.com"}))
    parts.append(_table("[recording]", _model("recording")))
    parts.append(_table("[console]", _model("console")))
    parts.append(_table("[figures]", _model("figures")))
    parts.append(_table("[mail]", _model("mail")))
    parts.append(_table("[pool.default]", PoolSettings))
    parts.append(_table("[campaign.example]", CampaignSettings))
    parts.append(_table("[alert.abandon]", AlertSettings))
    parts.append(_table("[webhook.crm]", WebhookSettings, _WEBHOOK))
    return "\n".join(parts)


def tables() -> str:
    """The key tables of docs/configuration.md, in Markdown."""
    parts = [_markdown(f"[{name}]", _model(name)) for name in _PLAIN]
    parts.append(_markdown("[[trunk]]", TrunkSettings))
    parts.append(_markdown("[recording]", _model("recording")))
    parts.append(_markdown("[console]", _model("console")))
    parts.append(_markdown("[figures]", _model("figures")))
    parts.append(_markdown("[mail]", _model("mail")))
    parts.append(_markdown("[pool.NAME]", PoolSettings))
    parts.append(_markdown("[campaign.NAME]", CampaignSettings))
    parts.append(_markdown("[alert.NAME]", AlertSettings))
    parts.append(_markdown("[webhook.NAME]", WebhookSettings))
    return "\n".join(parts)


def page(text: str) -> str:
    """docs/configuration.md with its tables as they are now."""
    before, _, rest = text.partition(_MARK_BEGIN)
    _, _, after = rest.partition(_MARK_END)
    return f"{before}{_MARK_BEGIN}\n{tables()}{_MARK_END}{after}"


def _model(name: str) -> type[Section]:
    model = Settings.model_fields[name].annotation
    assert isinstance(model, type)
    assert issubclass(model, Section)
    return model


def _keys(model: type[Section]) -> Iterator[tuple[str, FieldInfo]]:
    """Plain keys first: in TOML nothing of a table may follow its sub-tables."""
    fields = model.model_fields.items()
    yield from (item for item in fields if _section_of(item[1]) is None)
    yield from (item for item in fields if _section_of(item[1]) is not None)


def _table(
    header: str, model: type[Section], given: dict[str, str] | None = None, *, head: bool = True
) -> str:
    lines = textwrap.wrap((model.__doc__ or "").strip(), 96, initial_indent="# ") if head else []
    lines = [line if line.startswith("# ") else f"# {line}" for line in lines]
    lines.append(
        f"# {header}" if header.startswith(("[[", "[campaign", "[alert", "[webhook")) else header
    )
    nested = []
    for key, field in _keys(model):
        inner = _section_of(field)
        if inner is not None:
            nested.append((key, inner, field))
            continue
        words = f"{field.description}{' (live)' if _live(model, key) else ''}"
        lines += [f"# {line}" for line in textwrap.wrap(words, 96)]
        lines.append(f"#{key} = {_toml((given or {}).get(key, _default(field)))}")
    text = "\n".join(lines) + "\n"
    for key, inner, field in nested:
        text += "\n" + _nested(header, key, inner, field)
    return text


def _nested(header: str, key: str, model: type[Section], field: FieldInfo) -> str:
    inner = f"{header[:-1]}.{key}]"
    if get_origin(field.annotation) is dict:
        inner = f"{header[:-1]}.{key}.sale]"
    values = field.default if isinstance(field.default, Section) else None
    words = [f"# {line}" for line in textwrap.wrap(str(field.description), 98)]
    lines = [*words, f"# {inner}"]
    for name, part in model.model_fields.items():
        value = getattr(values, name) if values is not None else _default(part)
        lines += [f"# {line}" for line in textwrap.wrap(str(part.description), 98)]
        lines.append(f"#{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _section_of(field: FieldInfo) -> type[Section] | None:
    annotation: Any = field.annotation
    if get_origin(annotation) is dict:
        annotation = get_args(annotation)[1]
    is_section = isinstance(annotation, type) and issubclass(annotation, Section)
    return annotation if is_section else None


def _live(model: type[Section], key: str) -> bool:
    return model not in _LIVE_SECTIONS and is_live(model, key)


def _default(field: FieldInfo) -> Any:
    return "" if field.default is PydanticUndefined else field.default


def _toml(value: Any) -> str:
    """A value in TOML. What is not set has no spelling in TOML: it is shown as text to fill in."""
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else repr(value)
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, Section):
        value = value.model_dump()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dotted((k,))} = {_toml(v)}" for k, v in value.items()) + "}"
    text = "" if value is None else str(value)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _markdown(header: str, model: type[Section], values: Section | None = None) -> str:
    takes_effect = "live" if model in _LIVE_SECTIONS else None
    lines = [f"\n### `{header}`\n", f"{(model.__doc__ or '').strip()}\n"]
    lines += ["| key | value | default | takes effect | |", "|---|---|---|---|---|"]
    nested = []
    for key, field in _keys(model):
        inner = _section_of(field)
        if inner is not None:
            nested.append((key, inner, field))
            continue
        when = takes_effect or ("live" if _live(model, key) else "at start")
        value = getattr(values, key) if values is not None else field.default
        lines.append(
            f"| `{key}` | {_kind(field)} | {_shown(value)} | {when} | {field.description} |"
        )
    text = "\n".join(lines) + "\n"
    for key, inner, field in nested:
        text += _markdown_nested(header, key, inner, field)
    return text


def _markdown_nested(header: str, key: str, model: type[Section], field: FieldInfo) -> str:
    is_dict = get_origin(field.annotation) is dict
    inner = f"{header[:-1]}.{key}{'.CODE' if is_dict else ''}]"
    lines = [f"\n### `{inner}`\n", f"{field.description}\n"]
    lines += ["| key | value | default | |", "|---|---|---|---|"]
    values = field.default if isinstance(field.default, Section) else None
    for name, part in model.model_fields.items():
        value = getattr(values, name) if values is not None else part.default
        lines.append(f"| `{name}` | {_kind(part)} | {_shown(value)} | {part.description} |")
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    if value is PydanticUndefined:
        return "must be set"
    return "not set" if value is None else f"`{_toml(value)}`"


def _kind(field: FieldInfo) -> str:
    words = _type_words(field.annotation)
    bounds = []
    for part in field.metadata:
        for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")):
            if (bound := getattr(part, name, None)) is not None:
                bounds.append(f"{sign} {bound:g}")
    return f"{words} {', '.join(bounds)}".strip()


_WORDS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true, false",
    Path: "path",
    SecretStr: "secret",
}


def _type_words(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _type_words(next(part for part in arguments if part is not type(None)))
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in (tuple, dict):
        what, inner = ("list", arguments[0]) if origin is tuple else ("table", arguments[1])
        return f"{what} of: {_type_words(inner)}"
    if hasattr(annotation, "__origin__"):
        return _type_words(annotation.__origin__)
    return _WORDS.get(annotation, "text")


def main(root: Path) -> None:
    """Rewrite both files under the repository at `root`."""
    (root / "config/dialer.toml").write_text(example(), encoding="utf-8")
    docs = root / "docs/configuration.md"
    docs.write_text(page(docs.read_text(encoding="utf-8")), encoding="utf-8")


def uncommented(text: str) -> str:
    """The example with every key in force, as the test reads it."""
    return re.sub(r"^#(?=[a-z_]+ = )|^# (?=\[)", "", text, flags=re.MULTILINE)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
