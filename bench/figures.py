"""How fast are reports? `python -m bench.figures --calls 10000000`.

A made-up year of calls in a SQLite with the product's tables, indexes and triggers; the product
writes its files of days from it. Then, side by side in one run: the product's whole way (the
process that answers, messages, JSON), bare DuckDB over the same files, and SQL on the same SQLite.
In turn, so that a machine that is busy for a while is so for all; warm: the best of three rounds,
of one where a way takes longer than ten seconds. CPU is beside the clock: neighbours take time.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from rich.console import Console

from bench.clocks import Best, cpu_of, in_turn, timed
from bench.figures_sql import DAY, LEDGER, LISTS, MEDIANS, YEAR, Query
from bench.figures_year import fill
from bench.tables import Report
from dialer.features.figures.messages import Job
from dialer.features.figures.reports import FACTS_DIR, Reports
from dialer.features.figures.service import Asked, report
from dialer.ports.past_calls import CallFilter
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Store
from dialer.store import open_store

LAST = date(2026, 11, 30)
REPS, COUNT, QUICK = 60, 1_000_000, 50_000
MEMORY_MB, THREADS = 512, 2
_FIGURES, _PAGE = "reports", "first page"
_WEEK = datetime(2026, 7, 6, tzinfo=UTC).timestamp()
_SEARCHES = {
    "all": CallFilter(),
    "a campaign": CallFilter(campaigns=("green-power",)),
    "a rep's sales": CallFilter(agents=("rep07",), dispositions=("sale",)),
    "a rep's of a week": CallFilter(agents=("rep07",), since=_WEEK, until=_WEEK + 604_800),
    "a whole number": CallFilter(number="+121255501000007"),
    "digits of no number": CallFilter(digits="99999999"),
    "words of no note": CallFilter(text="nobody"),
    "talks of an hour": CallFilter(talk_from=3600.0, dispositions=("dnc",)),
}


def run(report_: Report, quick: bool) -> None:
    measure(report_, QUICK if quick else COUNT)


def measure(out: Report, calls: int, kept: Path | None = None) -> None:
    """`kept`: a folder that is filled once, and left as it is for the next time."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        asyncio.run(_measure(out, calls, kept))
        return
    with tempfile.TemporaryDirectory(prefix="bench-figures-", dir="var") as folder:
        asyncio.run(_measure(out, calls, Path(folder)))


async def _measure(out: Report, calls: int, folder: Path) -> None:
    url = f"sqlite:///{folder}/dialer.db"
    if not (folder / "dialer.db").exists():
        for row in await fill(url, calls=calls, reps=REPS, last=LAST):
            out.row("a year of calls in SQLite", row)
    _without_statistics(folder)
    store = await open_store(url, migrate=False)
    job = Job(url, str(folder / FACTS_DIR), MEMORY_MB, threads=THREADS)
    reports = Reports(job, lambda: int(_after(LAST) // 86_400))
    try:
        await _files(out, reports, folder)
        await _rebuild(out, reports, folder)
        await _first_page(out, store)
        _with_statistics(folder)
        await _questions(out, reports, store, folder)
    finally:
        await reports.close()
        await store.close()


def _with_statistics(folder: Path) -> None:
    """For the sake of what is written by hand: nobody analyzes a store of the product."""
    with _sqlite(folder) as base:
        base.execute("ANALYZE")


def _without_statistics(folder: Path) -> None:
    with _sqlite(folder) as base:
        base.execute("DROP TABLE IF EXISTS sqlite_stat1")
        base.execute("DROP TABLE IF EXISTS sqlite_stat4")


def _after(day: date) -> float:
    """Two days later: every day is closed."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + 2 * 86_400


# --- files ----------------------------------------------------------------------------------------


async def _files(out: Report, reports: Reports, folder: Path) -> None:
    began = time.perf_counter()
    built = await reports.build()
    seconds = time.perf_counter() - began
    sizes = [path.stat().st_size for path in (folder / FACTS_DIR).glob("calls-*.parquet")]
    rows = _calls(folder)
    out.row("files of days", {
        "files": built.written, "MB": round(sum(sizes) / 1e6, 1),
        "bytes a call": round(sum(sizes) / rows, 1), "goal": "60",
        "all, s": round(seconds, 1), "a file, s": round(seconds / max(1, built.written), 3),
    })  # fmt: skip


def _calls(folder: Path) -> int:
    (count,) = _sqlite(folder).execute("SELECT count(*) FROM attempts").fetchone()
    return int(count)


async def _rebuild(out: Report, reports: Reports, folder: Path) -> None:
    """A result of the busiest day is corrected: its file is written anew."""
    with _sqlite(folder) as base:
        day, rows = base.execute(
            "SELECT day, rows FROM day_files WHERE fact = 'calls' ORDER BY rows DESC LIMIT 1"
        ).fetchone()
        base.execute(
            "UPDATE attempts SET disposition = 'corrected' WHERE id = "
            "(SELECT id FROM attempts WHERE placed_at >= ? ORDER BY placed_at LIMIT 1)",
            (day * 86_400,),
        )
    seconds, built = await timed(reports.build)
    assert built.written == 1, "exactly this day is written anew"
    out.row("a changed day", {"calls": rows, "s": round(seconds, 3), "goal": "0.4"})


# --- questions ------------------------------------------------------------------------------------


async def _questions(out: Report, reports: Reports, store: Store, folder: Path) -> None:
    base = _sqlite(folder)
    duck = duckdb.connect(config={"memory_limit": f"{MEMORY_MB}MB", "threads": THREADS})
    paths = sorted(str(path) for path in (folder / FACTS_DIR).glob("calls-*.parquet"))
    duck.execute(f"CREATE VIEW calls AS SELECT * FROM read_parquet({paths})")
    await _ask(reports, store, DAY)  # the process is there
    first_s, _ = await timed(lambda: _ask(reports, store, YEAR))
    out.row("the first question after a start", {"s, with every checksum": round(first_s, 2)})
    for query in (YEAR, LEDGER, LISTS, MEDIANS, DAY):
        found = await in_turn(
            (partial(_watched, reports, store, query), partial(_cpu, reports)),
            (partial(_rows, duck, query.duck), time.process_time),
            (partial(_rows, base, query.sqlite), time.process_time),
        )
        (answer, memory), _, rows = (it.answer for it in found)
        _agrees(query, answer, rows)
        out.row(_FIGURES, _row(query, found, memory))


def _row(query: Query, found: Sequence[Best], memory: float) -> dict[str, object]:
    ours, bare, sql = found
    return {
        "question": query.name,
        "product, s": f"{ours.wall:.3f}",
        "DuckDB, s": f"{bare.wall:.3f}",
        "SQLite, s": f"{sql.wall:.3f}",
        "product / DuckDB": f"{ours.wall / bare.wall:.2f}",
        "by CPU": f"{ours.cpu / bare.cpu:.2f}",
        "goal": query.of_duck or "",
        "SQLite / product": f"{sql.wall / ours.wall:.1f}",
        "of CPU": f"{sql.cpu / ours.cpu:.1f}",
        "at least": query.of_sqlite or "",
        "product at most, s": query.seconds or "",
        "MB above base": f"{memory:.0f}",
    }


async def _ask(reports: Reports, store: Store, query: Query) -> bytes:
    """As over HTTP, but for HTTP."""
    asked = Asked(
        figures=query.figures,
        by=query.by,
        first=LAST - timedelta(days=query.days - 1),
        last=LAST,
        zone="Asia/Shanghai",
        where=query.where,
    )
    return msgspec.json.encode(await report(reports, store, asked, EVERYTHING))


def _cpu(reports: Reports) -> float:
    """Of the process that answers, and of this one."""
    return time.process_time() + cpu_of(_process(reports).pid)


async def _watched(reports: Reports, store: Store, query: Query) -> tuple[bytes, float]:
    """The answer, and by how many MB the process's peak was above what it had before."""
    pid = _process(reports).pid
    status = Path(f"/proc/{pid}/status")
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # noqa: ASYNC240
    before = _kb(status, "VmRSS")
    answer = await _ask(reports, store, query)
    return answer, (_kb(status, "VmHWM") - before) / 1024


def _process(reports: Reports) -> asyncio.subprocess.Process:
    process = reports._process
    assert process is not None
    return process


def _kb(status: Path, name: str) -> int:
    found = next(it for it in status.read_text().splitlines() if it.startswith(name))
    return int(found.split()[1])


def _agrees(query: Query, answer: bytes, rows: list[Any]) -> None:
    """The groups of the product's answer are those of SQLite, and the first figure too."""
    lines = msgspec.json.decode(answer)["lines"]
    keys = len(query.by)
    ours = {tuple(it["keys"]): it["cells"][0]["value"] for it in lines if len(it["keys"]) == keys}
    theirs = {tuple(row[:keys]): row[keys] for row in rows}
    assert ours == theirs, f"{query.name}: the two answers differ"


# --- a page of calls ------------------------------------------------------------------------------


async def _first_page(out: Report, store: Store) -> None:
    for name, wanted in _SEARCHES.items():
        ask = partial(store.past_calls.look, wanted, EVERYTHING, limit=50)
        (best,) = await in_turn((ask, time.process_time))
        found = best.answer
        out.row(_PAGE, {
            "of": name, "rows": len(found.calls), "all looked at": found.next is None,
            "ms": round(1000 * best.wall, 1),
            "CPU, ms": round(1000 * best.cpu, 1), "goal": "60",
        })  # fmt: skip


async def _rows(base: sqlite3.Connection | duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    return base.execute(sql).fetchall()


def _sqlite(folder: Path) -> sqlite3.Connection:
    base = sqlite3.connect(folder / "dialer.db")
    base.execute("PRAGMA cache_size=-64000")
    base.execute("PRAGMA temp_store=MEMORY")
    return base


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.figures", description=__doc__)
    parser.add_argument("--calls", type=int, default=COUNT, metavar="N")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="fill it once, use it again")
    options = parser.parse_args()
    out = Report("figures")
    measure(out, options.calls, options.keep)
    out.show(Console(width=180))
    print(f"kept in {out.keep()}")


if __name__ == "__main__":
    main()
