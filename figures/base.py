"""The engine that answers: DuckDB over day files and the rows that no file has yet.

A file is one day of one fact, in UTC, sorted, and never changed: a day that changes gets a file
with another name. DuckDB reads a damaged file as wrong numbers without an error, so a file counts
only while its SHA-256 is what was noted when it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
from msgspec import Struct

from figures.answer import Answer, Key, answer
from figures.behind import Behind, Rows, page
from figures.behind import statement as statement_of
from figures.facts import Fact, Kind
from figures.files import DayFile, digest, to_disk
from figures.measures import Measure
from figures.question import Question
from figures.rows import Columns
from figures.sql import Statement, statements


class DamagedFilesError(Exception):
    """These files are gone or not what they were; their days must be read from the store."""

    def __init__(self, files: Sequence[DayFile]) -> None:
        super().__init__(f"damaged: {', '.join(file.name for file in files)}")
        self.files = files


class Source(Struct, frozen=True):
    """All rows of a fact in a period: those of whole days in files, and the others."""

    files: Sequence[DayFile]
    rows: Columns


class FigureBase:
    """One DuckDB, in memory, that fetches nothing and takes no more memory than it is given."""

    def __init__(self, folder: Path, *, memory_mb: int = 512, threads: int = 2) -> None:
        self._folder = folder
        self._checked: dict[str, tuple[int, int, int]] = {}
        self._duck = duckdb.connect(
            config={
                "memory_limit": f"{memory_mb}MB",
                "threads": threads,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "temp_directory": str(folder / "spill"),
            }
        )
        # It takes a program without a file, as `python -c` is, for somebody at a terminal.
        self._duck.execute("SET enable_progress_bar = false")

    def close(self) -> None:
        """Free the memory and what was spilled."""
        self._duck.close()

    def ask(self, question: Question, sources: Mapping[str, Source]) -> Answer:
        """`sources` by fact, for every fact that the question needs.

        Raises DamagedFilesError.
        """
        groups: dict[Key, dict[Measure, int | None]] = {}
        for statement in statements(question):
            self._show(statement.fact, sources[statement.fact.name])
            for key, sums in self._run(statement, len(question.by)):
                groups.setdefault(key, {}).update(sums)
        return answer(question, groups)

    def behind(self, asked: Behind, source: Source) -> Rows:
        """The rows of a number. `source`: those of its fact. Raises DamagedFilesError."""
        self._show(asked.measure.fact, source)
        sql = statement_of(asked)
        whole = self._duck.execute(sql.whole, list(sql.parameters)).fetchone()
        assert whole is not None
        found = self._duck.execute(sql.page, [*sql.parameters, *sql.place]).fetchall()
        return page(asked, found, (whole[0], whole[1]))

    def _run(
        self, statement: Statement, dimensions: int
    ) -> Iterable[tuple[Key, dict[Measure, int | None]]]:
        found = self._duck.execute(statement.sql, list(statement.parameters))
        while rows := found.fetchmany(10_000):
            for level, *rest in rows:
                depth = dimensions - int(level).bit_count()
                sums = zip(statement.measures, rest[dimensions:], strict=True)
                yield tuple(rest[:depth]), dict(sums)

    def _show(self, fact: Fact, source: Source) -> None:
        """Have the rows of `source` under the fact's name."""
        self._check(source.files)
        self._duck.register("fresh", dict(source.rows))
        parts = [f"SELECT {_cast(fact)} FROM fresh"]
        if source.files:
            paths = ", ".join(f"'{self._path(file)}'" for file in source.files)
            parts.insert(0, f"SELECT {_plain(fact)} FROM read_parquet([{paths}])")
        union = " UNION ALL ".join(parts)
        self._duck.execute(f"CREATE OR REPLACE TEMP VIEW {fact.name} AS {union}")

    def _path(self, file: DayFile) -> str:
        return str(self._folder / file.name).replace("'", "''")

    def _check(self, files: Iterable[DayFile]) -> None:
        damaged = [file for file in files if not self._is_whole(file)]
        if damaged:
            raise DamagedFilesError(damaged)

    def _is_whole(self, file: DayFile) -> bool:
        """A file that was whole and has not been touched since is not read again."""
        try:
            state = (self._folder / file.name).stat()
            seen = (state.st_ino, state.st_mtime_ns, state.st_size)
            if self._checked.get(file.name) == seen:
                return True
            if digest(self._folder / file.name) != file.sha256:
                return False
        except OSError:
            return False
        self._checked[file.name] = seen
        return True

    def write(self, fact: Fact, day: int, rows: Columns, name: str) -> DayFile:
        """Keep a whole day's rows as the file `name`; when this returns they are on disk."""
        path = self._folder / name
        half = path.with_suffix(".half")
        self._duck.register("fresh", dict(rows))
        first = "campaign" if "campaign" in fact.columns else "agent"
        told = str(half).replace("'", "''")
        self._duck.execute(
            f"COPY (SELECT {_cast(fact)} FROM fresh ORDER BY {first}, {fact.moment}) "
            f"TO '{told}' (FORMAT parquet, COMPRESSION zstd)"
        )
        to_disk(half)
        sha256 = digest(half)
        half.rename(path)
        to_disk(path.parent)
        return DayFile(fact.name, day, name, sha256, len(rows[fact.moment]))


def _plain(fact: Fact) -> str:
    return ", ".join(f'"{name}"' for name in fact.columns)


def _cast(fact: Fact) -> str:
    types = {Kind.TEXT: "VARCHAR", Kind.WHOLE: "BIGINT"}
    return ", ".join(f'"{name}"::{types[kind]} AS "{name}"' for name, kind in fact.columns.items())
