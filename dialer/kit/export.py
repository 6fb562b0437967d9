"""Lists as files: asked for, written beside the calls, fetched by who asked.

A feature names its columns and gives rows in portions; which of them, in which order and under
which words is the reader's wish. The file is made by a process of its own (`sheets`), lies in the
state folder where only this user reads it, and is gone after a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import msgspec
import structlog
from msgspec import Meta, Struct
from pydantic import BaseModel, ConfigDict, Field

from dialer.ids import new_id
from dialer.kit.context import ApiContext
from dialer.kit.errors import Kind as RefusalKind
from dialer.kit.errors import Refused, bad_request
from dialer.kit.parts import Part
from dialer.kit.sheets import Cell, Heading, Job, Kind, Sheet
from dialer.ports.clock import Clock
from dialer.tasks import spawn, stop
from dialer.words import ExportState, SheetFormat
from dialer.zonedata import UnknownZoneError, zone_named

log = structlog.get_logger(__name__)

#: So many are written at once; others wait for their turn.
AT_ONCE = 2
#: So many one person may have, those included that are ready.
MOST_OF_ONE = 5
#: A file is there to be fetched for so long.
KEPT_S = 1800.0
FOLDER = "exports"
#: What a person is told where the program cannot say more.
UNKNOWN = "it could not be written: see the log"

Portions = AsyncIterator[Sequence[Sequence[Cell]]]


# --- what is asked for ----------------------------------------------------------------------------


class ColumnWish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(max_length=60)
    title: str = Field(max_length=100, description="Its heading, in the reader's language.")


class SheetWish(BaseModel):
    """A list as a file: the reader's columns in their order, and words in their language."""

    model_config = ConfigDict(extra="forbid")

    format: SheetFormat
    title: str = Field(default="", max_length=60, description="Of the sheet, and the file's name.")
    columns: list[ColumnWish] = Field(min_length=1, max_length=100)
    words: dict[str, dict[str, str]] = Field(
        default={},
        max_length=50,
        description="By column: what stands for each of its values.",
    )
    zone: str = Field(default="UTC", max_length=64, description="Whose times, as Europe/Berlin.")
    language: str = Field(default="en", max_length=16)


def sheet_of(wish: SheetWish, kinds: Mapping[str, Kind]) -> Sheet:
    """`kinds`: the columns there are. Raises Refused."""
    unknown = [it.id for it in wish.columns if it.id not in kinds]
    if unknown:
        name = unknown[0]
        raise bad_request("no-such-column", f"there is no column {name!r}", name=name)
    try:
        zone_named(wish.zone)
    except UnknownZoneError as error:
        raise bad_request("invalid-timezone", str(error)) from None
    columns = tuple(Heading(it.title, kinds[it.id]) for it in wish.columns)
    return Sheet(title=wish.title, columns=columns, zone=wish.zone)


# --- what becomes of it ---------------------------------------------------------------------------


class ExportView(Struct, frozen=True):
    """A file that was asked for."""

    id: str
    name: Annotated[str, Meta(description="Of the file.")]
    state: ExportState
    rows: Annotated[int, Meta(description="How many have been handed over.")]
    error: Annotated[str, Meta(description="Why it failed, in English; empty otherwise.")]


@dataclass
class _Export:
    who: str
    job: Job
    view: ExportView
    began_at: float
    task: asyncio.Task[None] | None = field(default=None)


class Exports:
    """Those of one service. `folder` is its own: what an earlier run left in it is deleted."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._all: dict[str, _Export] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)
        shutil.rmtree(folder, ignore_errors=True)

    def start(
        self, who: str, name: str, form: SheetFormat, sheet: Sheet, portions: Portions
    ) -> ExportView:
        """Raises Refused where one has too many."""
        self._sweep()
        if sum(it.who == who for it in self._all.values()) >= MOST_OF_ONE:
            raise Refused(
                RefusalKind.TOO_MANY,
                "too-many-exports",
                f"you have {MOST_OF_ONE} exports already: fetch or cancel one of them",
                facts={"most": MOST_OF_ONE},
            )
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = new_id()
        job = Job(path=str(self._folder / f"{key}.{form}"), form=form, sheet=sheet)
        view = ExportView(key, f"{name}.{form}", "running", 0, "")
        self._all[key] = export = _Export(who, job, view, self._clock.now())
        export.task = spawn(self._make(export, portions), name=f"export {key}")
        return view

    def of(self, who: str, key: str) -> ExportView | None:
        """One's own; None also for another's."""
        found = self._all.get(key)
        return found.view if found is not None and found.who == who else None

    def file(self, key: str) -> Path:
        return Path(self._all[key].job.path)

    async def drop(self, key: str) -> None:
        export = self._all.pop(key)
        if export.task is not None:
            await stop(export.task)
        await asyncio.to_thread(_delete, export.job)

    async def close(self) -> None:
        for key in list(self._all):
            await self.drop(key)

    def _sweep(self) -> None:
        """Forget those that nobody fetched for long."""
        now = self._clock.now()
        for key, it in list(self._all.items()):
            if it.view.state != "running" and now - it.began_at > KEPT_S:
                del self._all[key]
                _delete(it.job)

    async def _make(self, export: _Export, portions: Portions) -> None:
        try:

            def handed(count: int) -> None:
                export.view = msgspec.structs.replace(export.view, rows=export.view.rows + count)

            async with self._turn:
                fault = await written(export.job, portions, handed)
        except Exception:  # whatever it was, who waits for the file is told
            log.exception("an export failed", export=export.view.id)
            fault = UNKNOWN
        state: ExportState = "failed" if fault else "ready"
        export.view = msgspec.structs.replace(export.view, state=state, error=fault)
        if fault:
            await asyncio.to_thread(_delete, export.job)


def _delete(job: Job) -> None:
    Path(job.path).unlink(missing_ok=True)


async def written(
    job: Job, portions: Portions, handed: Callable[[int], None] = lambda _count: None
) -> str:
    """Make the file, by a process of its own. What went wrong, "" for nothing. `handed`: told how
    many rows more have been handed over.
    """
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dialer.kit.sheets",
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert worker.stdin is not None
    assert worker.stderr is not None
    try:
        with contextlib.suppress(ConnectionError):  # it has ended: it says why
            await _hand_over(worker.stdin, job, portions, handed)
        told = await worker.stderr.read()
        if await worker.wait() == 0:
            return ""
        log.error("an export failed", file=job.path, why=told.decode(errors="replace"))
        return told.decode(errors="replace").strip().rpartition("\n")[2][:200] or UNKNOWN
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()


async def _hand_over(
    out: asyncio.StreamWriter, job: Job, portions: Portions, handed: Callable[[int], None]
) -> None:
    encode = msgspec.json.Encoder().encode
    out.write(encode(job) + b"\n")
    async for rows in portions:
        out.write(b"".join(encode(row) + b"\n" for row in rows))
        await out.drain()
        handed(len(rows))
    out.close()


def _none() -> Exports | None:
    return None


#: Given by who puts the service together; without it one is made when it is first needed.
EXPORTS: Final[Part[Exports | None]] = Part("exports", _none)


def exports_of(context: ApiContext) -> Exports:
    found = EXPORTS.of(context)
    if found is None:
        found = Exports(context.settings().state_dir / FOLDER, context.clock)
        EXPORTS.give(context, found)
    return found
