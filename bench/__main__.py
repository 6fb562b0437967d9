"""`python -m bench [NAME …] [--quick]`: benchmarks as tables here and as JSON under bench/out/."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
import time
from collections.abc import Callable

import structlog
from rich.console import Console

from bench.tables import Report

#: Name: module whose `run(report, quick)` fills a report. In the order in which they run.
OURS = {"answered": "bench.answered", "capacity": "bench.capacity", "live": "bench.live"}
#: Name: module with a `main(arguments)` of its own.
OTHERS = {
    "link": "bench.link",
    "floor": "bench.floor",
    "store": "bench.store",
    "importer": "bench.importer",
    "pacing": "bench.pacing",
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = [*OURS, *OTHERS]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; all")
    parser.add_argument("--quick", action="store_true", help="shorter, for a look")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in names]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(names)}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    console = Console()
    for name in options.names or names:
        began = time.monotonic()
        console.rule(name)
        _run(name, options.quick, console)
        console.print(f"{name}: {time.monotonic() - began:.0f} s")
    return 0


def _run(name: str, quick: bool, console: Console) -> None:
    if name in OURS:
        report = Report(name)
        run: Callable[..., None] = importlib.import_module(OURS[name]).run
        run(report, quick)
        report.show(console)
        console.print(f"kept in {report.keep()}")
        return
    importlib.import_module(OTHERS[name]).main(["--quick"] if quick else [])


if __name__ == "__main__":
    sys.exit(main())
