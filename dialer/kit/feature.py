"""A feature: a folder with the same file names as every other, and this declaration in front.

The declaration imports nothing heavy, so that a command line may ask which permissions there are
without loading a web framework. What answers HTTP is named, and loaded by who serves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeVar, cast

if TYPE_CHECKING:
    from fastapi import APIRouter

T = TypeVar("T")
#: Whoever is this may do everything: no permission needs to say so.
ADMIN: Final = "admin"


@dataclass(frozen=True)
class Permission:
    """`name` is what routes ask for, `title` what it lets a person do to the data in reach.

    `roles`: those that come with the program and have it, besides the administrator. `for_all`:
    only a role that sees all data may have it, since with it one could widen one's own reach.
    """

    name: str
    title: str
    roles: frozenset[str] = frozenset()
    for_all: bool = False


def permission(name: str, title: str, roles: str = "", *, for_all: bool = False) -> Permission:
    """`roles`: their names with blanks between."""
    return Permission(name, title, frozenset(roles.split()), for_all)


@dataclass(frozen=True)
class Feature:
    """`package` is the folder's dotted name.

    `http` names what answers under the API's prefix, as `module:router` within the folder;
    `http_bare` what answers at the very root, as monitors expect it.
    """

    package: str
    permissions: tuple[Permission, ...] = ()
    http: tuple[str, ...] = ("endpoints:router",)
    http_bare: tuple[str, ...] = ()
    #: Who hears that sessions end: a `dialer.kit.rights.Watcher`.
    watcher: str = ""
    #: What it keeps in tables of its own: each a `dialer.kit.records.keeping.KeptRecords`.
    records: tuple[str, ...] = ()
    #: What it does by itself while the service runs: each a `dialer.kit.jobs.Job`.
    jobs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.package.rpartition(".")[2]

    def routers(self) -> Iterator[APIRouter]:
        """What answers under the prefix, in the order in which paths are looked up."""
        return (self._router(it) for it in self.http)

    def bare_routers(self) -> Iterator[APIRouter]:
        return (self._router(it) for it in self.http_bare)

    def _router(self, where: str) -> APIRouter:
        # By the name alone: a command line has no web framework to compare it with.
        return cast("APIRouter", self.load(where, object))

    def load(self, where: str, kind: type[T]) -> T:
        """What stands at `module:name` of the folder. Raises TypeError where that is no `kind`."""
        module, _, name = where.partition(":")
        found = getattr(import_module(f"{self.package}.{module}"), name)
        if not isinstance(found, kind):
            raise TypeError(f"{self.package}.{where} is no {kind.__name__}")
        return found


def titles_of(features: Iterable[Feature]) -> Mapping[str, str]:
    """Every permission with its title. Raises ValueError where two features name the same."""
    found: dict[str, str] = {}
    for feature in features:
        for it in feature.permissions:
            if it.name in found:
                raise ValueError(f"two features have a permission {it.name!r}")
            found[it.name] = it.title
    return found


def of_role(features: Iterable[Feature], role: str) -> frozenset[str]:
    """What a role that comes with the program may do."""
    every = [it for feature in features for it in feature.permissions]
    return frozenset(it.name for it in every if role == ADMIN or role in it.roles)
