"""The keys of a pool or campaign as data: what each is, what it may be, and in whose words."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dialer.settings.campaigns import CampaignSettings, PoolSettings
from dialer.settings.kinds import Section
from dialer.settings.shown import SHOWN
from dialer.settings.words_zh import WORDS_ZH
from dialer.words import KeyForm, KeyGroup, KeyKind, KeyUnit

Subject = Literal["pool", "campaign"]

MODELS: Final[dict[Subject, type[Section]]] = {"pool": PoolSettings, "campaign": CampaignSettings}

#: What a supervisor may turn while the floor works: pace, and how long things take.
PACING: Final = {
    "pool": {"method", "ratio", "max_abandon_rate", "max_lines", "goal_sales_per_day"},
    "campaign": {"weight", "ring_timeout", "wrapup_limit", "preview_limit", "preview_at_end"},
}
#: Keys that name a file of the server: whoever can write there may say which is read.
FILE_ONLY: Final = {"pool": set[str](), "campaign": {"message"}}
#: Takes effect after a restart.
WAITS: Final = {"pool": set[str](), "campaign": {"pool"}}
#: Part of a replay's identity: of no use on a screen.
_HIDDEN: Final = {"seed"}


class Key(Struct, frozen=True, kw_only=True):
    """One key by its dotted name. `least` and `most` are allowed themselves unless `open_*`."""

    key: str
    kind: KeyKind
    default: Any
    may_lack: bool
    live: bool
    pacing: bool
    editable: bool
    label: dict[str, str]  # by language, en and zh
    doc: dict[str, str]  # the same
    group: KeyGroup
    unit: KeyUnit
    form: KeyForm
    choices: list[Any] | None = None
    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None
    items: KeyKind | None = None


def keys_of(subject: Subject) -> list[Key]:
    """In the order of the settings themselves."""
    return list(_keys(subject, MODELS[subject], "", MODELS[subject]()))


def values_of(section: Section) -> dict[str, Any]:
    """Every key's value as plain data."""
    return dict(_values(section, section.model_dump(mode="json"), ""))


def _keys(subject: Subject, model: type[Section], at: str, defaults: Section) -> Iterator[Key]:
    for name, field in model.model_fields.items():
        value = getattr(defaults, name)
        if isinstance(value, Section):
            yield from _keys(subject, type(value), f"{at}{name}.", value)
        elif name not in _HIDDEN:
            yield _key(subject, f"{at}{name}", field, value)


def _key(subject: Subject, key: str, field: FieldInfo, default: Any) -> Key:
    annotation, may_lack = _plain(field.annotation)
    kind = kind_of(annotation)
    inner = _inner(annotation)
    choices = list(get_args(annotation)) if get_origin(annotation) is Literal else None
    if inner is not None and get_origin(inner) is Literal:
        choices = list(get_args(inner))
    shown = SHOWN[f"{subject}.{key}"]
    return Key(
        key=key,
        kind=kind,
        default=msgspec.to_builtins(default, enc_hook=_built_in),
        may_lack=may_lack,
        live=key not in WAITS[subject],
        pacing=key in PACING[subject],
        editable=key not in FILE_ONLY[subject],
        label={"en": shown.en, "zh": shown.zh},
        group=shown.group,
        unit=shown.unit,
        form=shown.form,
        doc={"en": field.description or "", "zh": WORDS_ZH.get(f"{subject}.{key}", "")},
        choices=choices,
        least=_bound(field, "ge"),
        most=_bound(field, "le"),
        above=_bound(field, "gt"),
        below=_bound(field, "lt"),
        items=kind_of(inner) if inner is not None else None,
    )


def _built_in(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return str(value)


def _bound(field: FieldInfo, sign: str) -> float | None:
    found = [getattr(part, sign) for part in field.metadata if hasattr(part, sign)]
    return float(found[0]) if found else None


def _plain(annotation: Any) -> tuple[Any, bool]:
    """`X | None` as X, and whether it was."""
    if get_origin(annotation) in (Union, types.UnionType):
        part = next(it for it in get_args(annotation) if it is not type(None))
        return _plain(part)[0], True
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    return annotation, False


def _inner(annotation: Any) -> Any:
    arguments = get_args(annotation)
    if get_origin(annotation) is tuple:
        return _plain(arguments[0])[0]
    return _plain(arguments[1])[0] if get_origin(annotation) is dict else None


_KINDS: Mapping[Any, KeyKind] = {str: "text", int: "integer", float: "number", bool: "boolean"}


def kind_of(annotation: Any) -> KeyKind:
    """What a value of this type looks like as data."""
    origin = get_origin(annotation)
    if origin is Literal:
        return "choice"
    if origin is tuple:
        return "list"
    if origin is dict or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return "table"
    return _KINDS.get(annotation, "text")


def _values(section: Section, dumped: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Section):
            yield from _values(value, dumped[name], f"{at}{name}.")
        elif name not in _HIDDEN:
            yield f"{at}{name}", dumped[name]


def names_a_file(key: str, value: Any) -> bool:
    """Whether a value of `script` is, or holds, the name of a file instead of a text."""
    texts = value.values() if isinstance(value, Mapping) else [value]
    return key == "script" and any(
        "\n" not in str(text) and str(text).endswith(".md") for text in texts
    )


def written(data: Mapping[str, Any], keys: list[Key]) -> set[str]:
    """Which keys a table of a settings file says."""
    found = set()
    for key in keys:
        inside: Any = data
        for part in key.key.split("."):
            inside = inside.get(part) if isinstance(inside, Mapping) else None
        if inside is not None:
            found.add(key.key)
    return found
