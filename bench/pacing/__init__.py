"""How good and how quick the pacing is: `python -m bench.pacing [--quick] [--only NAME ...]`."""

from __future__ import annotations


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    from bench.pacing.run import main as run  # noqa: PLC0415 - the room needs no table printer

    return run(arguments)
