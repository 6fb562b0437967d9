"""Where a command works: the settings, the store, and the running service if there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dialer.cli.failure import Failure

if TYPE_CHECKING:
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


def _quiet() -> None:
    """A command says what it has to say by itself; $DIALER_LOG shows what its parts log."""
    import os  # noqa: PLC0415

    from dialer.log import configure  # noqa: PLC0415

    level = os.environ.get("DIALER_LOG", "").lower()
    known = ("debug", "info", "warning", "error")
    configure(level=level if level in known else "critical")


def with_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Do `work` on the store, opened (and made, if need be) and closed again. Raises Failure."""
    from dialer.api.errors import ProblemError  # noqa: PLC0415
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
    except ProblemError as error:
        raise Failure("; ".join(error.errors) or error.detail) from None
    except (StoreError, SecretsError) as error:
        raise Failure(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(f"{error.filename or settings.state_dir}: {error.strerror}") from None
