"""`python -m bench [NAME …] [--quick]`: benchmarks as tables here and as JSON under bench/out/.

Each runs in a process of its own: peak memory, CPU and niceness are then its own, too.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import subprocess
import sys
import time
from collections.abc import Callable

import structlog
from rich.console import Console

from bench.tables import Report

#: Modules whose `run(report, quick)` fills a report, in the order in which they run.
NAMES = ("answered", "capacity", "live", "link", "floor", "store", "importer", "figures", "pacing")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all")
    parser.add_argument("--quick", action="store_true", help="shorter, for a look")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}")
    names = options.names or NAMES
    if len(names) == 1:
        _run(names[0], options.quick)
        return 0
    failed = [name for name in names if not _run_apart(name, options.quick)]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _run_apart(name: str, quick: bool) -> bool:
    """Whether it came to its end."""
    command = [sys.executable, "-m", "bench", name, *(["--quick"] if quick else [])]
    return subprocess.run(command, check=False).returncode == 0


def _run(name: str, quick: bool) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    console = Console(width=None if Console().is_terminal else 160)
    began = time.monotonic()
    console.rule(name)
    report = Report(name)
    run: Callable[[Report, bool], None] = importlib.import_module(f"bench.{name}").run
    run(report, quick)
    report.show(console)
    console.print(f"{name}: {time.monotonic() - began:.0f} s, kept in {report.keep()}")


if __name__ == "__main__":
    sys.exit(main())
