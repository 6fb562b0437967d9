"""Shapes of settings."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import KeyForm, KeyGroup, KeyKind, KeyUnit, Origin, ValueSource

Changes = dict[str, Any]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NamedOption(_Shape):
    value: str
    title: str = Field(description="Its name for people, or the value.")


class SettingKey(_Shape):
    """One key. A bound that is None is none; `least` and `most` are allowed themselves."""

    key: str = Field(description="Its dotted name, as calling.end.")
    value: Any
    default: Any
    source: ValueSource = Field(description="Where the value is from.")
    kind: KeyKind
    items: str | None = Field(description="What a list or table holds.")
    choices: list[Any] | None
    may_lack: bool = Field(description="null is allowed: not set.")
    least: float | None
    most: float | None
    above: float | None
    below: float | None
    live: bool = Field(description="false: takes effect after a restart.")
    pacing: bool = Field(description="The permission settings.pacing is enough to change it.")
    editable: bool = Field(description="false: only the settings file says it, or you may not.")
    label: dict[str, str] = Field(description="Its name for people, by language: en and zh.")
    doc: dict[str, str] = Field(description="What it is, by language: en and zh.")
    group: KeyGroup = Field(description="Where it stands on the screen.")
    unit: KeyUnit = Field(description="share: 0 to 1, shown in percent.")
    form: KeyForm = Field(description="What a text, or each item of a list, must look like.")
    options: list[NamedOption] | None = Field(
        description="What may be named: pools, trunks. null: anything."
    )


class SettingsSheet(_Shape):
    subject: str = Field(examples=["pool/default"])
    version: int = Field(description="Send it with a change.")
    changed_at: float | None
    changed_by: str
    because: str
    writable: bool = Field(description="false: `why_not` says why nothing can be changed here.")
    why_not: str
    may_undo: bool = Field(description="There is a change of the console to take back.")
    keys: list[SettingKey]


class ChangeSettings(_Shape):
    changes: Changes = Field(
        description="Values by key; null takes a key out of the file.", examples=[{"ratio": 2.0}]
    )
    because: str = Field(default="", max_length=500)
    version: int = Field(ge=0, description="Of the sheet that was looked at.")


class UndoSettings(_Shape):
    because: str = Field(default="", max_length=500)
    version: int = Field(ge=0)


class KeyChanged(_Shape):
    key: str
    before: Any
    after: Any


class SettingsVersion(_Shape):
    version: int
    changed_at: float
    changed_by: str
    origin: Origin
    because: str
    changes: list[KeyChanged]
    undoes: int | None = Field(description="The version whose changes were taken back.")


class SettingsVersions(_Shape):
    versions: list[SettingsVersion] = Field(description="Newest first.")
    next: int | None = Field(description="As `below`, it asks for the next page.")


class SettingsChanged(_Shape):
    version: int
    changes: list[KeyChanged]
    waiting: list[str] = Field(description="What takes effect after a restart.")
