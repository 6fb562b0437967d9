"""`dialer serve`: one process, its lock, its signals, its end."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import structlog
import uvloop

from dialer import descriptors
from dialer.kit.start_errors import StartError
from dialer.log import LogOutlet, configure
from dialer.realtime import BACKGROUND, follow_main_thread, go_first, spare_what_is_loaded
from dialer.service.service import Service
from dialer.settings import Settings
from dialer.tasks import spawn
from dialer.tasks import stop as stop_tasks

__all__ = ["StartError", "run_service"]

log = structlog.get_logger(__name__)


def run_service(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises StartError when the service cannot start."""
    outlet = _logs(settings)
    descriptors.raised()
    if settings.service.realtime and not go_first():
        log.info("shares its time with other programs", remedy="LimitRTPRIO=10 in the unit")
    with _only_one(settings), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, outlet))


def _logs(settings: Settings) -> LogOutlet:
    chosen = settings.log
    try:
        return configure(
            level=chosen.level, levels=chosen.levels, form=chosen.format, file=chosen.file
        )
    except OSError as error:
        raise StartError(f"cannot write the log {chosen.file}: {error.strerror}") from None


@contextlib.contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Two services on one state folder would dial everybody twice."""
    path = settings.state_dir / "service.lock"
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartError(f"cannot write {path}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise StartError(
            f"a service runs on {settings.state_dir} already: stop it, or set service.state_dir"
        ) from None
    try:
        yield
    finally:
        os.close(lock)


async def _serve(settings: Settings, outlet: LogOutlet) -> None:
    # Even what can wait must not be kept waiting with the interpreter's lock in its hands.
    helpers = ThreadPoolExecutor(thread_name_prefix="helper", initializer=_give_way)
    asyncio.get_running_loop().set_default_executor(helpers)
    service = Service(settings, outlet)
    spare_what_is_loaded()
    asked_to_stop, at_once = asyncio.Event(), asyncio.Event()

    def on_stop() -> None:
        if asked_to_stop.is_set():
            at_once.set()
        asked_to_stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_stop)
    starting = spawn(_started(service), name="start")
    asking = spawn(_wait(asked_to_stop), name="wait for the end")
    await asyncio.wait([starting, asking], return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        if (error := starting.result()) is not None:
            await stop_tasks(asking)
            raise error
        loop.add_signal_handler(signal.SIGHUP, lambda: _on_hangup(service, outlet))
        log.info("serving", url=service.url, state_dir=str(settings.state_dir), pid=os.getpid())
        over = spawn(_wait(service.over), name="wait for another engine")
        await asyncio.wait([asking, over], return_when=asyncio.FIRST_COMPLETED)
        if not service.over.is_set():
            await _drained(service, at_once)
        await stop_tasks(over)
    else:
        await stop_tasks(starting)
    await stop_tasks(asking)
    await service.stop()
    log.info("stopped")


def _give_way() -> None:
    follow_main_thread(BACKGROUND)


async def _started(service: Service) -> StartError | None:
    try:
        await service.start()
    except StartError as error:
        return error
    return None


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def _drained(service: Service, at_once: asyncio.Event) -> None:
    """Let conversations end; a second signal ends the waiting."""
    seconds = service.settings.service.drain_s
    log.info("stopping", calls=service.calls_up(), at_most_s=seconds)
    draining = spawn(service.drain(seconds), name="drain")
    hurrying = spawn(_wait(at_once), name="wait for a second signal")
    await asyncio.wait([draining, hurrying], return_when=asyncio.FIRST_COMPLETED)
    await stop_tasks(draining, hurrying)
    if left := service.calls_up():
        log.warning("calls go on without the service", calls=left)


def _on_hangup(service: Service, outlet: LogOutlet) -> None:
    try:
        outlet.reopen()
    except OSError as error:
        log.error("the log file cannot be opened anew", error=error.strerror)
    spawn(_reload(service), name="reload on SIGHUP")


async def _reload(service: Service) -> None:
    await service.reload()
