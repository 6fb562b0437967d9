"""Read a scenario file, change single keys of it, and say every fault with file, line and key."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dialer.settings.lines import Path as KeyPath
from dialer.settings.lines import key_lines, line_of
from dialer.settings.problems import (
    Problem,
    Problems,
    dotted,
    explained,
    one_of,
    suggestion,
)
from dialer.settings.shape import without_unset
from dialer.sim.scenario import Scenario

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
Data = dict[str, Any]
#: Where a change comes from, in messages.
COMMAND_LINE = Path("command line")


def read_scenario(path: Path, changes: Iterable[str] = ()) -> Scenario | Problems:
    """The scenario in `path` with `changes` ("pool.ratio=2") applied, or every problem."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Problems((Problem(path, None, "", f"is not UTF-8 text (byte {error.start})"),))
    except OSError as error:
        return Problems((Problem(path, None, "", f"cannot be read: {error.strerror}"),))
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        match = _AT_LINE.search(str(error))
        line = int(match.group(1)) if match else text.count("\n") + 1
        why = _AT_LINE.sub("", str(error)).removesuffix(" (at end of document)")
        return Problems((Problem(path, line, "", f"is not valid TOML: {why}"),))
    return checked(data, path, key_lines(text), changes)


def checked(
    data: Data,
    path: Path | None = None,
    lines: dict[KeyPath, int] | None = None,
    changes: Iterable[str] = (),
) -> Scenario | Problems:
    """A scenario from the data of a file (or from none), changed as asked."""
    given: dict[KeyPath, str] = {}
    for change in changes:
        changed = _change(data, change)
        if isinstance(changed, Problem):
            return Problems((changed,))
        given[changed] = change

    def problem(at: KeyPath, message: str) -> Problem:
        for where, change in given.items():
            if at[: len(where)] == where:
                return Problem(COMMAND_LINE, None, f"--set {change}", message)
        return Problem(path, line_of(lines or {}, at), dotted(at), message)

    try:
        text = json.dumps(without_unset(data, Scenario), default=str)
        scenario = Scenario.model_validate_json(text, strict=True)
    except ValidationError as error:
        found = [problem(at, message) for at, message in explained(error, Scenario)]
        return Problems(tuple(sorted(found, key=lambda p: p.line or 0)))
    wrong = [problem(at, message) for at, message in _unknown_names(scenario, data)]
    return Problems(tuple(wrong)) if wrong else scenario


def _change(data: Data, change: str) -> KeyPath | Problem:
    """Put `a.b.c=VALUE` into `data`. A value is read as TOML, or else taken as text."""
    key, equals, text = change.partition("=")
    parts = [part.strip() for part in key.strip().split(".")]
    if not equals or not all(parts):
        return Problem(
            COMMAND_LINE, None, f"--set {change}", "must be KEY=VALUE, as pool.method=ratio"
        )
    try:
        value = tomllib.loads(f"value = {text.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    inside: Any = data
    path: list[str | int] = []
    for part in parts[:-1]:
        inside, path = _into(inside, part), [*path, int(part) - 1 if part.isdigit() else part]
        if inside is None:
            return Problem(
                COMMAND_LINE, None, f"--set {change}", f"there is no table {'.'.join(parts)}"
            )
    if not isinstance(inside, dict):
        return Problem(COMMAND_LINE, None, f"--set {change}", f"{key.strip()} is no key of a table")
    inside[parts[-1]] = value
    return (*path, parts[-1])


def _into(inside: Any, part: str) -> Any:
    if isinstance(inside, dict):
        return inside.setdefault(part, {})
    if isinstance(inside, list) and part.isdigit() and 1 <= int(part) <= len(inside):
        return inside[int(part) - 1]
    return None


def _unknown_names(scenario: Scenario, data: Data) -> Iterator[tuple[KeyPath, str]]:
    campaigns, trunks = list(scenario.campaign), [trunk.name for trunk in scenario.trunk]
    if "campaign" in data and not campaigns:
        yield ("campaign",), "there is no campaign"
    for name in scenario.callees:
        if name not in campaigns:
            yield ("callees", name), _there_is_no("campaign", name, campaigns)
    for number, trunk in enumerate(trunks):
        if trunk in trunks[:number]:
            yield ("trunk", number, "name"), f"the name {trunk!r} is taken by a trunk above"
    for name, campaign in scenario.campaign.items():
        for number, trunk in enumerate(campaign.trunks):
            if trunk not in trunks:
                yield ("campaign", name, "trunks", number), _there_is_no("trunk", trunk, trunks)
    for number, shift in enumerate(scenario.shift):
        for campaign_name in shift.campaigns:
            if campaign_name not in campaigns:
                message = _there_is_no("campaign", campaign_name, campaigns)
                yield ("shift", number, "campaigns"), message


def _there_is_no(what: str, name: str, known: list[str]) -> str:
    return f"there is no {what} {name!r}{suggestion(name, known)}; there are: {one_of(known)}"
