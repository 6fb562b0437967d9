"""Where a command works: the settings, the store, and the running service if there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dialer.cli.failure import Failure, remedied
from dialer.words import LOG_LEVELS

if TYPE_CHECKING:
    from dialer.kit.doer import Doer
    from dialer.ports.store import Store
    from dialer.settings import Settings

T = TypeVar("T")


def settings_from(config: Path | None) -> Settings:
    """The settings in use. Raises Failure with every problem."""
    import os  # noqa: PLC0415

    from dialer.settings import Problems, find, load  # noqa: PLC0415

    _quiet()
    path = config.absolute() if config is not None else find()
    found = load(path, os.environ)
    if isinstance(found, Problems):
        shown = "; ".join(str(problem) for problem in found.all[:20])
        raise Failure(shown)
    return found


def campaign_named(settings: Settings, word: str) -> str:
    """The name of the campaign that is called so, by name or title."""
    from dialer.features.campaigns.naming import named  # noqa: PLC0415

    return named(settings, word)


def _quiet() -> None:
    """A command says what it has to say by itself; $DIALER_LOG shows what its parts log."""
    import os  # noqa: PLC0415

    from dialer.log import configure  # noqa: PLC0415

    level = os.environ.get("DIALER_LOG", "").lower()
    configure(level=level if level in LOG_LEVELS else "critical")


def with_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Do `work` on the store, opened (and made, if need be) and closed again. Raises Failure."""
    from dialer.kit.errors import Refused  # noqa: PLC0415
    from dialer.ports.store import StoreError  # noqa: PLC0415
    from dialer.settings.secrets import PEOPLE, SecretsError, SecretsFile  # noqa: PLC0415
    from dialer.store import open_store  # noqa: PLC0415

    async def run() -> T:
        settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = SecretsFile(settings.state_dir).get_or_make(PEOPLE)
        store = await open_store(settings.store_url, people_key=key.encode())
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except Refused as error:
        raise Failure(remedied(error.slug, "; ".join(error.errors) or error.detail)) from None
    except (StoreError, SecretsError) as error:
        raise Failure(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(f"{error.filename or settings.state_dir}: {error.strerror}") from None


def with_doer(settings: Settings, work: Callable[[Doer], Awaitable[T]]) -> T:
    """As `with_store`, for what the audit log notes with the user of the terminal.

    Whoever may read and write the database may do everything.
    """
    import time  # noqa: PLC0415

    from msgspec.structs import replace  # noqa: PLC0415

    from dialer.features.roles.rules import machine_grant  # noqa: PLC0415
    from dialer.kit.doer import Doer  # noqa: PLC0415

    grant = replace(machine_grant(), who=f"{_user()} (terminal)")

    async def done(store: Store) -> T:
        return await work(Doer(store, grant, time.time))

    return with_store(settings, done)


def _user() -> str:
    import getpass  # noqa: PLC0415

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
