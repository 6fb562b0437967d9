"""Write docs/reference from what the program says of itself.

`python -m tools.docs` writes every page; a test holds that they are as it writes them. The pages of
configuration and of states have makers of their own, which are called from here.
"""

from __future__ import annotations

import io
import json
import sys
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "reference"
PROMETHEUS = ROOT / "docs" / "prometheus"
HEAD = "Written by `python -m tools.docs`; do not edit by hand."
METHODS = ("get", "post", "put", "patch", "delete")


def cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(cell, row))} |" for row in rows)])


def page(title: str, words: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", HEAD, words, *parts]) + "\n"


# --- HTTP, permissions, problems ------------------------------------------------------------------


def http_api() -> str:
    from tools.console_types import document  # noqa: PLC0415

    by_tag: dict[str, list[Sequence[object]]] = {}
    for path, operations in document()["paths"].items():
        for method in (it for it in METHODS if it in operations):
            found = operations[method]
            tag = found.get("tags", ["outside /api/v1"])[0]
            permission = f"`{found['x-permission']}`" if found.get("x-permission") else ""
            row = (f"`{method.upper()} {path}`", permission, found.get("summary", ""))
            by_tag.setdefault(tag, []).append(row)
    columns = ("request", "permission", "")
    parts = [f"## {tag}\n\n{table(columns, rows)}" for tag, rows in sorted(by_tag.items())]
    words = (
        "Every request. Shapes are in the OpenAPI document, `/api/v1/openapi.json`; how to ask is "
        "in [HTTP API](../http-api.md)."
    )
    return page("Requests of the HTTP API", words, *parts)


def permissions() -> str:
    from dialer.features.every import FEATURES  # noqa: PLC0415
    from dialer.kit.feature import ADMIN  # noqa: PLC0415

    every = [it for feature in FEATURES for it in feature.permissions]
    roles = sorted({role for it in every for role in it.roles} - {ADMIN})
    rows = [
        (
            f"`{it.name}`",
            it.title,
            *("x" if role in it.roles else "" for role in roles),
            "x" if it.for_all else "",
        )
        for it in sorted(every, key=lambda it: it.name)
    ]
    words = (
        "What a role can hold, and which roles that come with the program have it; `admin` all. "
        "The last column: for roles that see all data only. See [accounts](../accounts.md)."
    )
    columns = ("permission", "lets a person", *roles, "only with all")
    return page("Permissions", words, table(columns, rows))


def problems() -> str:
    texts = {language: _refusals(language) for language in ("en", "zh-CN")}
    rows = [
        (f"`{slug}`", words, texts["zh-CN"].get(slug, ""))
        for slug, words in sorted(texts["en"].items())
    ]
    words = (
        "The last part of a problem's `type`, which keeps its meaning, and what the console says "
        "for it. How errors look is in [HTTP API](../http-api.md#errors)."
    )
    return page("Problems", words, table(("slug", "English", "简体中文"), rows))


# --- the journal ----------------------------------------------------------------------------------


def events() -> str:
    from msgspec import structs  # noqa: PLC0415

    from dialer.features.webhooks.listeners import names_of  # noqa: PLC0415
    from dialer.ports.journal import KINDS  # noqa: PLC0415

    rows = []
    for kind, type_ in KINDS.items():
        when, _, rest = (type_.__doc__ or "").partition(" Subject: ")
        fields = [f"`{it.name}`" + ("" if it.required else "?") for it in structs.fields(type_)]
        told = ", ".join(f"`{it}`" for it in names_of(kind))
        rows.append((f"`{kind}`", when, rest, ", ".join(fields), told))
    words = (
        "What the [journal](../store.md#the-journal) records, and what "
        "[webhooks](../operations.md#webhooks) tell of it. A field with ? can be missing."
    )
    columns = ("kind", "written when", "subject", "fields", "told to webhooks as")
    return page("Events", words, table(columns, rows))


def _refusals(language: str) -> dict[str, str]:
    """Those of all, and those of a feature alone, which stand in its own texts."""
    console = ROOT / "console/src"
    found: dict[str, str] = json.loads(
        (console / f"locales/{language}/errors.json").read_text("utf-8")
    )
    for path in sorted(console.glob(f"features/*/texts/{language}.json")):
        found |= json.loads(path.read_text("utf-8")).get("refusal", {})
    return found


# --- metrics --------------------------------------------------------------------------------------


def metrics() -> str:
    from dialer.metrics import Metrics  # noqa: PLC0415

    registry = Metrics().registry
    labels = {
        str(getattr(it, "_name", "")): getattr(it, "_labelnames", ())
        for it in registry._collector_to_names
    }
    rows = []
    for family in sorted(registry.collect(), key=lambda it: it.name):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        own = ",".join(getattr(family, "_labelnames", ()) or labels.get(family.name, ()))
        rows.append(
            (f"`{name}{{{own}}}`" if own else f"`{name}`", family.type, family.documentation)
        )
    words = "What `/metrics` tells, by name. What is worth an alert is in [metrics](../metrics.md)."
    return page("Metrics", words, table(("name", "kind", ""), rows))


# --- tables ---------------------------------------------------------------------------------------


def tables() -> str:
    from dialer.features.every import kept_records  # noqa: PLC0415
    from dialer.store import tables as module  # noqa: PLC0415

    kept_records()
    said = _comments(Path(str(module.__file__)).read_text("utf-8"))
    parts = []
    for name, found in sorted(module.metadata.tables.items()):
        rows = [
            (
                f"`{column.name}`",
                str(column.type),
                "" if column.nullable else "always",
                _key(column),
                column.comment or said.get((name, column.name), ""),
            )
            for column in found.columns
        ]
        parts.append(f"## {name}\n\n" + table(("column", "type", "set", "key", ""), rows))
    words = (
        "The tables of the database, the same in SQLite and PostgreSQL. See [store](../store.md)."
    )
    return page("Tables", words, *parts)


def _key(column: Any) -> str:
    to = ", ".join(f"to `{key.target_fullname}`" for key in column.foreign_keys)
    return ", ".join(it for it in ("primary" if column.primary_key else "", to) if it)


def _comments(source: str) -> Mapping[tuple[str, str], str]:
    """The comment above a column, or behind it, by table and column."""
    lines = source.splitlines()
    remarks = {
        token.start[0]: (token.string.lstrip("#: "), not token.line[: token.start[1]].strip())
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    found: dict[tuple[str, str], str] = {}
    of_table, above = "", list[str]()
    for number, line in enumerate(lines, start=1):
        remark, alone = remarks.get(number, ("", False))
        if alone:
            above.append(remark)
            continue
        words = line.strip().partition('"')[2].partition('"')[0]
        if line.startswith('    "') and not of_table:
            of_table = words
        elif line.startswith("    ") and words and (above or remark):
            found[of_table, words] = " ".join([*above, remark]).strip()
        if line.startswith(")"):
            of_table = ""
        above = []
    return found


# --- the command line -----------------------------------------------------------------------------


def cli() -> str:
    from typer.main import get_command  # noqa: PLC0415

    from dialer.cli.foreign import FOREIGN, _load  # noqa: PLC0415
    from dialer.cli.main import app  # noqa: PLC0415

    parts = []
    for path, command in _commands(get_command(app), "dialer"):
        name = path.removeprefix("dialer ")
        meant = command
        if name in FOREIGN:
            found: Any = get_command(_load(name, FOREIGN[name][0]))
            meant = getattr(found, "commands", {}).get(name, found)
        parts.extend(_command(at, it) for at, it in _commands(meant, path))
    words = "Every command with its options. `dialer COMMAND --help` says the same."
    return page("Command line", words, *parts)


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if not inner:
        yield path, command
        return
    for name, it in sorted(inner.items()):
        yield from _commands(it, f"{path} {name}")


def _command(path: str, command: Any) -> str:
    rows, names = list[Sequence[object]](), list[str]()
    for it in command.params:
        if it.name == "help" or getattr(it, "hidden", False):
            continue
        is_option = it.param_type_name == "option"
        if not is_option:
            names.append(it.metavar or it.name.upper())
        said = ", ".join(it.opts) if is_option else (it.metavar or it.name.upper())
        default = "" if callable(it.default) or it.default in {None, False, ""} else it.default
        must = "needed" if it.required else default
        rows.append((f"`{said}`", must, getattr(it, "help", "") or ""))
    usage = " ".join([path, *names])
    options = [table(("option", "default", ""), rows)] if rows else []
    return "\n\n".join([f"## {usage}", " ".join((command.help or "").split()), *options]).strip()


def figures() -> str:
    from figures.catalogue import FIGURES, TERMS  # noqa: PLC0415
    from figures.dimensions import DIMENSIONS  # noqa: PLC0415
    from figures.figure import facts_of  # noqa: PLC0415

    rows = [
        (
            f"`{it.id}`", it.name.en, it.name.zh, it.explained(TERMS).en, it.explained(TERMS).zh,
            it.unit, it.better, " ".join(facts_of([it])),
        )
        for it in FIGURES.values()
    ]  # fmt: skip
    columns = ("id", "English", "简体中文", "what it is", "口径", "unit", "better", "facts")
    by = [
        (f"`{one.id}`", one.name.en, one.name.zh, " ".join(name for name in _facts_with(one.id)))
        for one in DIMENSIONS.values()
    ]
    words = (
        "Each figure is a sum over facts, or one sum by another. How they are asked and answered "
        "is in [Figures and reports](../figures.md)."
    )
    told = (
        f"## What they can be told apart by\n\n{table(('id', 'English', '简体中文', 'facts'), by)}"
    )
    return page("Figures", words, table(columns, rows), told, _windowed())


def _windowed() -> str:
    from figures.windows import TOLD  # noqa: PLC0415

    rows = [
        (f"`{it.figure.id}`", it.name.en, it.name.zh, it.window.of.en, it.window.of.zh, by)
        for by, its in TOLD.items()
        for it in its
    ]
    columns = ("figure", "English", "简体中文", "of calls that", "口径", "told by")
    return f"## Of a window of their own\n\n{table(columns, rows)}"


def _facts_with(dimension: str) -> Iterator[str]:
    from figures.dimensions import DIMENSIONS  # noqa: PLC0415
    from figures.facts import FACTS  # noqa: PLC0415

    return (name for name, fact in FACTS.items() if DIMENSIONS[dimension].is_of(fact))


PAGES_BY_NAME: Mapping[str, Callable[[], str]] = {
    "cli": cli,
    "events": events,
    "http-api": http_api,
    "metrics": metrics,
    "figures": figures,
    "permissions": permissions,
    "problems": problems,
    "tables": tables,
}


def main() -> int:
    from dialer.engine import diagram  # noqa: PLC0415
    from dialer.settings import reference  # noqa: PLC0415
    from tools import prometheus  # noqa: PLC0415

    for name, make in PAGES_BY_NAME.items():
        (PAGES / f"{name}.md").write_text(make(), encoding="utf-8")
    for name, text in prometheus.files().items():
        (PROMETHEUS / name).write_text(text, encoding="utf-8")
    diagram.main([])
    reference.main(ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
