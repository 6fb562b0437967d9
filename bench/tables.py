"""How benchmarks print and keep what they found: tables on the terminal, JSON under bench/out/."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

OUT = Path(__file__).parent / "out"


class Report:
    """Rows under titles; a row is printed with the others of its title by `show`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: dict[str, list[Mapping[str, object]]] = {}

    def row(self, title: str, figures: Mapping[str, object]) -> None:
        self.rows.setdefault(title, []).append(figures)

    def show(self, console: Console) -> None:
        for title, rows in self.rows.items():
            table = Table(title=title, title_justify="left")
            for column in rows[0]:
                table.add_column(column, justify="right")
            for row in rows:
                table.add_row(*(str(value) for value in row.values()))
            console.print(table)

    def keep(self) -> Path:
        OUT.mkdir(exist_ok=True)
        path = OUT / f"{self.name}.json"
        path.write_text(json.dumps(self.rows, indent=1), encoding="utf-8")
        return path


def quantile(ascending: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed; 0.0 of nothing."""
    if not ascending:
        return 0.0
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))]
