"""How long does a million-row list take, and how much memory? `python -m bench.importer --rows N`.

The list is made up: Chinese and American numbers as people write them, custom columns, one row in
fifty bad, one in a hundred a duplicate. The import runs in a process of its own, so that its peak
memory is its own.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from bench.tables import Report
from dialer.leads import import_leads
from dialer.store import open_store

NAMES = ("王伟", "李娜", "张敏", "刘洋", "Ann Lee", "Bo Chen")
CITIES = ("北京", "上海", "广州", "Boston", "Reno")


def made_up_number(draw: random.Random) -> str:
    digits = f"{draw.randrange(10**8):08}"
    way = draw.randrange(20)
    if way == 0:
        return "unknown"[: draw.randrange(8)] if draw.random() < 0.4 else "+1 212 5" + digits[:6]
    if way < 4:
        return f"+86 139 {digits[:4]} {digits[4:]}"
    if way < 6:
        return f"010-6{digits[:7]}"
    return f"13{way % 10}{digits}"


def write_list(path: Path, rows: int) -> None:
    draw = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["姓名", "手机号码", "城市", "产品", "备注"])
        earlier = ""
        for i in range(rows):
            number = earlier if earlier and i % 100 == 99 else made_up_number(draw)
            earlier = number if i % 7 == 0 else earlier
            note = "called before, asked for a leaflet" if i % 3 else ""
            writer.writerow([draw.choice(NAMES), number, draw.choice(CITIES), i % 9, note])


async def import_once(path: Path, url: str) -> dict[str, object]:
    store = await open_store(url)
    name = f"bench-{time.time_ns()}"
    campaign = await store.campaigns.create(name, pool="p", settings={}, now=0.0, who="bench")
    started, cpu = time.perf_counter(), time.process_time()
    result = await import_leads(path, campaign.id, store, default_region="CN")
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    await store.close()
    return {
        "rows": result.rows,
        "imported": result.imported,
        "duplicates": result.duplicates,
        "rejected": result.rejected,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "rows_per_second": round(result.rows / seconds),
        "peak_rss_mb": peak_mb(resource.RUSAGE_SELF),
        "reader_peak_rss_mb": peak_mb(resource.RUSAGE_CHILDREN),
    }


def peak_mb(who: int) -> float:
    return round(resource.getrusage(who).ru_maxrss / 1024, 1)


def measure(report: Report, rows: int, url: str | None = None) -> None:
    """The import runs in a process of its own, so that its peak memory is its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_list(path, rows)
        url = url or f"sqlite:///{folder}/bench.db"
        command = [sys.executable, "-m", "bench.importer", "--file", str(path), "--url", url]
        figures = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        file_mb = round(path.stat().st_size / 2**20, 1)
    title = f"importing a list ({url.split(':', 1)[0]})"
    for name, value in {**figures, "file_mb": file_mb}.items():
        report.row(title, {"what": name, "value": value})


def run(report: Report, quick: bool = False) -> None:
    measure(report, 100_000 if quick else 1_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--url", help="a database; default: a new SQLite file")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.file:
        print(json.dumps(asyncio.run(import_once(given.file, given.url))))
        return
    report = Report("importer")
    measure(report, given.rows, given.url)
    report.show(Console())
    report.keep()


if __name__ == "__main__":
    main()
