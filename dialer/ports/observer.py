"""Who watches the engine: figures, screens, tests. Watching never changes what is watched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dialer.floor.commands import Command


class Observer(Protocol):
    def commands(self, pool: str, commands: Sequence[Command]) -> None:
        """What a floor ordered in one turn, in order."""

    def originated(self, campaign: str, trunk: str) -> None:
        """An Originate went out."""

    def blocked(self, campaign: str, rule: str) -> None:
        """The gate refused a lead."""

    def callback(self, campaign: str, result: str) -> None:
        """An agreed callback is over: "kept", "late" or "dropped"."""

    def impossible(self, pool: str, state: str, event: str) -> None:
        """An event came that could not happen in `state`; it was dropped."""

    def turn(self, pool: str, events: int, seconds: float) -> None:
        """A floor handled `events` events in `seconds` of wall-clock time."""

    def store_failed(self, what: str) -> None:
        """A write to the store failed; it is tried again."""

    def store_took(self, what: str, seconds: float) -> None:
        """A write to the store was made, in `seconds` of wall-clock time."""


class NoObserver:
    """Nobody watches."""

    def commands(self, pool: str, commands: Sequence[Command]) -> None: ...

    def originated(self, campaign: str, trunk: str) -> None: ...

    def blocked(self, campaign: str, rule: str) -> None: ...

    def callback(self, campaign: str, result: str) -> None: ...

    def impossible(self, pool: str, state: str, event: str) -> None: ...

    def turn(self, pool: str, events: int, seconds: float) -> None: ...

    def store_failed(self, what: str) -> None: ...

    def store_took(self, what: str, seconds: float) -> None: ...


class Observers:
    """Several who watch, each told in turn."""

    def __init__(self, *watchers: Observer) -> None:
        self._watchers = list(watchers)

    def add(self, watcher: Observer) -> None:
        """One more, from now on."""
        self._watchers.append(watcher)

    def commands(self, pool: str, commands: Sequence[Command]) -> None:
        for watcher in self._watchers:
            watcher.commands(pool, commands)

    def originated(self, campaign: str, trunk: str) -> None:
        for watcher in self._watchers:
            watcher.originated(campaign, trunk)

    def blocked(self, campaign: str, rule: str) -> None:
        for watcher in self._watchers:
            watcher.blocked(campaign, rule)

    def callback(self, campaign: str, result: str) -> None:
        for watcher in self._watchers:
            watcher.callback(campaign, result)

    def impossible(self, pool: str, state: str, event: str) -> None:
        for watcher in self._watchers:
            watcher.impossible(pool, state, event)

    def turn(self, pool: str, events: int, seconds: float) -> None:
        for watcher in self._watchers:
            watcher.turn(pool, events, seconds)

    def store_failed(self, what: str) -> None:
        for watcher in self._watchers:
            watcher.store_failed(what)

    def store_took(self, what: str, seconds: float) -> None:
        for watcher in self._watchers:
            watcher.store_took(what, seconds)
