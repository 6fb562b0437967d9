"""The database and the live bus."""

from __future__ import annotations

from dialer.bus import open_bus
from dialer.doctor.check import Check, fail, ok, warn
from dialer.ports.store import StoreError
from dialer.settings import Settings
from dialer.settings.kinds import said
from dialer.settings.model import without_password
from dialer.store import current, head, standing


async def database(settings: Settings) -> Check:
    """Reachable, and how its tables stand to this version."""
    shown = without_password(settings.store_url)
    if _is_new_sqlite(settings):
        return ok("database", f"{shown}: not there yet, made at the first start")
    try:
        revision = await current(settings.store_url)
    except StoreError as error:
        return fail("database", str(error), f"see [store] url: {shown}")
    stands = standing(revision)
    if stands == "ahead":
        return fail(
            "database",
            f"{shown}: revision {revision}, used by a newer version",
            "install that version, or take a backup from before",
        )
    if stands == "behind":
        what = f"{shown}: revision {revision}, this version needs {head()}"
        return warn("database", what, "take a backup; the next start migrates it")
    return ok("database", f"{shown}: {stands}" + (f" ({revision})" if revision else ""))


def _is_new_sqlite(settings: Settings) -> bool:
    path = settings.state_dir / "dialer.db"
    return not said(settings.store.url) and not path.exists()


async def bus(settings: Settings) -> Check:
    """Redis, where one is configured."""
    url = said(settings.bus.url)
    if not url:
        return ok("bus", "inside the process")
    shown = without_password(url)
    remedy = "start or mend Redis, or correct [bus] url"
    try:
        opened = open_bus(url, client=settings.bus.client)
        await opened.start()
        try:
            answers = await opened.ping()
        finally:
            await opened.close()
    except Exception as error:  # whichever library is behind it, the reason is what counts
        return fail("bus", f"{shown}: {error}", remedy)
    if not answers:
        return fail("bus", f"{shown} does not answer", remedy)
    return ok("bus", f"{shown} by {settings.bus.client}")
