"""How good and how quick the pacing is: `python -m bench.pacing [--quick] [--only NAME ...]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.tables import Report


def run(report: Report, quick: bool = False) -> None:
    """Measure into `report`."""
    from bench.pacing.run import run as measure  # noqa: PLC0415 - the room needs no table printer

    measure(report, quick)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    from bench.pacing.run import main as run  # noqa: PLC0415 - the room needs no table printer

    return run(arguments)
