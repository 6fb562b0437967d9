"""What a reload changes: what takes effect at once, and what waits for a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from msgspec import Struct
from pydantic import BaseModel, SecretStr

from dialer.settings.kinds import Section
from dialer.settings.model import Settings
from dialer.settings.sections import TrunkSettings

S = TypeVar("S", bound=Section)
_SECTIONS = (
    "service",
    "log",
    "store",
    "bus",
    "asterisk",
    "recording",
    "console",
    "figures",
    "mail",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One key that is not as it was. `before` or `after` is None where it was not there."""

    key: str
    before: Any
    after: Any
    live: bool

    def __str__(self) -> str:
        return f"{self.key}: {shown(self.before)} -> {shown(self.after)}"


class Reloaded(Struct, frozen=True):
    """What a reload did: keys that changed, and keys that wait for a restart."""

    changed: list[str] = []
    waiting: list[str] = []


@dataclass(frozen=True, slots=True)
class Reload:
    """A change of settings. `effective` holds the live changes and nothing of those that wait."""

    effective: Settings
    changes: tuple[Change, ...]

    @property
    def live(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.live)

    @property
    def waiting(self) -> tuple[Change, ...]:
        """Those that need a restart."""
        return tuple(change for change in self.changes if not change.live)


def diff(old: Settings, new: Settings) -> Reload | str:
    """What going from `old` to `new` means; or why it cannot be done without a restart at all.

    A campaign that uses a trunk which is there only after a restart would be half a change.
    """
    changes = [
        *_section_changes(old, new),
        *_trunk_changes(old, new),
        *_named("pool", old.pools, new.pools),
        *_named("campaign", old.campaign, new.campaign),
        *_named("alert", old.alert, new.alert),
        *_named("webhook", old.webhook, new.webhook),
    ]
    effective = _effective(old, new)
    for name, campaign in effective.campaign.items():
        if campaign.pool not in effective.pools:
            return (
                f"campaign {name} is in pool {campaign.pool}, which is there only after a restart"
            )
    known = {trunk.name for trunk in effective.trunk}
    for name, campaign in effective.campaign.items():
        for trunk in campaign.trunks:
            if trunk not in known:
                return f"campaign {name} uses trunk {trunk}, which is there only after a restart"
    return Reload(effective, tuple(changes))


def shown(value: Any) -> str:
    """A value as it may be printed."""
    if value is None:
        return "not set"
    if isinstance(value, SecretStr):
        return "(secret)"
    if isinstance(value, BaseModel):
        return "(set)"
    return repr(str(value)) if not isinstance(value, int | float | bool) else str(value)


def is_live(section: type[BaseModel], key: str) -> bool:
    """Whether a key of an installation's section takes effect at a reload."""
    extra = section.model_fields[key].json_schema_extra
    return isinstance(extra, dict) and extra.get("live") is True


def _section_changes(old: Settings, new: Settings) -> Iterator[Change]:
    for name in _SECTIONS:
        yield from _key_changes(name, getattr(old, name), getattr(new, name))
    if old.state_dir != new.state_dir and old.service.state_dir == new.service.state_dir:
        yield Change("service.state_dir", old.state_dir, new.state_dir, live=False)


def _key_changes(path: str, old: Section, new: Section) -> Iterator[Change]:
    for key in type(old).model_fields:
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            yield Change(f"{path}.{key}", before, after, is_live(type(old), key))


def _trunk_changes(old: Settings, new: Settings) -> Iterator[Change]:
    before = {trunk.name: trunk for trunk in old.trunk}
    after = {trunk.name: trunk for trunk in new.trunk}
    for name in [*before, *(name for name in after if name not in before)]:
        path = f"trunk.{name}"
        if name in before and name in after:
            yield from _key_changes(path, before[name], after[name])
        else:
            yield Change(path, before.get(name), after.get(name), live=False)
    if not before.keys() ^ after.keys() and list(before) != list(after):
        yield Change("trunk", ", ".join(before), ", ".join(after), live=False)


def _named(path: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """What has names: live, but for pools that come or go and campaigns that move."""
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            yield Change(f"{path}.{name}", before, after, live=path != "pool")
            continue
        for key in type(before).model_fields:
            if getattr(before, key) != getattr(after, key):
                change = f"{path}.{name}.{key}"
                is_move = path == "campaign" and key == "pool"
                yield Change(change, getattr(before, key), getattr(after, key), live=not is_move)


def _effective(old: Settings, new: Settings) -> Settings:
    kept: dict[str, Any] = {
        name: _only_live(getattr(old, name), getattr(new, name)) for name in _SECTIONS
    }
    after = {trunk.name: trunk for trunk in new.trunk}
    trunks: list[TrunkSettings] = [
        _only_live(trunk, after.get(trunk.name, trunk)) for trunk in old.trunk
    ]
    campaigns = {
        name: campaign.model_copy(update={"pool": old.campaign[name].pool})
        if name in old.campaign
        else campaign
        for name, campaign in new.campaign.items()
    }
    pools = {name: new.pools.get(name, pool) for name, pool in old.pools.items()}
    kept |= {"trunk": tuple(trunks), "pool": pools, "campaign": campaigns}
    kept["state_dir"] = old.state_dir
    return new.model_copy(update=kept)


def _only_live(old: S, new: S) -> S:
    live = {key: getattr(new, key) for key in type(old).model_fields if is_live(type(old), key)}
    return old.model_copy(update=live)
