"""Find, read and check dialer.toml and its campaign files: `Settings`, or every problem."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dialer.settings.campaigns import CampaignSettings
from dialer.settings.lines import Path as KeyPath
from dialer.settings.lines import key_lines, line_of
from dialer.settings.model import DEFAULT_POOL, Settings
from dialer.settings.problems import Problem, Problems, dotted, explained, one_of, suggestion
from dialer.settings.sections import default_state_dir
from dialer.settings.shape import without_unset

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
#: A campaign file larger than this is a mistake, such as a lead list with the wrong name.
MAX_BYTES = 4_000_000


@dataclass
class _Text:
    """One file as read: its data, where its keys stand, and the path at which it goes in."""

    file: Path
    prefix: KeyPath = ()
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def problem(self, path: KeyPath, message: str) -> Problem:
        inside = path[len(self.prefix) :]
        return Problem(self.file, line_of(self.lines, inside), dotted(path), message)


def default_paths(environ: Mapping[str, str], home: Path) -> list[Path]:
    """Where dialer.toml is looked for, first found first; $DIALER_CONFIG is taken as it is."""
    config_home = environ.get("XDG_CONFIG_HOME") or ""
    base = Path(config_home) if config_home.startswith("/") else home / ".config"
    return [Path("dialer.toml"), base / "dialer" / "dialer.toml", Path("/etc/dialer/dialer.toml")]


def find(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The settings file in use; None: there is none, and defaults are enough."""
    if named := environ.get("DIALER_CONFIG"):
        return Path(named).absolute()
    existing = (path for path in default_paths(environ, Path.home()) if path.is_file())
    return next((path.absolute() for path in existing), None)


def load(
    path: Path | None,
    environ: Mapping[str, str] = os.environ,
    instead: Mapping[Path, str] | None = None,
) -> Settings | Problems:
    """Read `path` (None: defaults alone) with its campaign files. Nothing is half done.

    `instead`: texts of files as they would be, to try a change before it is written.
    """
    instead = instead or {}
    main = _Text(Path("dialer.toml")) if path is None else _read(path.absolute(), instead)
    if isinstance(main, Problem):
        return Problems((main,))
    context = {"environ": environ, "base": main.file.parent if path is not None else None}
    problems: list[Problem] = []
    state_dir = _state_dir(main, environ, path is not None)
    texts = [main]
    for text in _campaign_texts(_campaign_dir(main, path, state_dir), instead):
        if isinstance(text, Problem):
            problems.append(text)
            continue
        problems += _add_campaign(text, main)
        texts.append(text)
    found = _validate(texts, context)
    settings = found if isinstance(found, Settings) else None
    problems += [] if isinstance(found, Settings) else found
    problems += _unknown_names(texts)
    if settings is not None and not problems:
        problems += _unrecordable(settings, main)
    if settings is None or problems:
        return Problems(tuple(sorted(problems, key=_order)))
    source = main.file if path is not None else None
    return settings.model_copy(update={"source": source, "state_dir": state_dir})


#: The recorder loses five of six samples beside a leg at another rate than the callee's 8 kHz.
_WIDE_CODECS = {"g722", "opus"}


def _unrecordable(settings: Settings, main: _Text) -> Iterator[Problem]:
    """Trunks that would spoil the recordings of a campaign that wants some."""
    recorded = {
        trunk.name
        for name, campaign in settings.campaign.items()
        if campaign.recording
        for trunk in settings.trunks_of(name)
    }
    for at, trunk in enumerate(settings.trunk):
        wide = sorted(_WIDE_CODECS.intersection(trunk.codecs))
        if wide and trunk.name in recorded:
            yield main.problem(
                ("trunk", at, "codecs"),
                f"{' and '.join(wide)} would spoil recordings: leave alaw, ulaw, gsm or g729, or "
                "set recording = false in every campaign on this trunk",
            )


def campaign_files(folder: Path) -> list[Path]:
    """The campaign files of a folder in the order of their names."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.glob("*.toml") if path.is_file())


def _order(problem: Problem) -> tuple[str, int]:
    return str(problem.file), problem.line or 0


def _read(path: Path, instead: Mapping[Path, str]) -> _Text | Problem:
    try:
        if path.stat().st_size > MAX_BYTES:
            return Problem(path, None, "", f"is larger than {MAX_BYTES // 1_000_000} MB")
        text = instead[path] if path in instead else path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(path, None, "", f"is not UTF-8 text (byte {error.start})")
    except OSError as error:
        return Problem(path, None, "", f"cannot be read: {error.strerror}")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        match = _AT_LINE.search(str(error))
        line = int(match.group(1)) if match is not None else text.count("\n") + 1
        why = _AT_LINE.sub("", str(error)).removesuffix(" (at end of document)")
        return Problem(path, line, "", f"is not valid TOML: {why}")
    return _Text(path, (), data, key_lines(text))


def _state_dir(main: _Text, environ: Mapping[str, str], has_file: bool) -> Path:
    service = main.data.get("service")
    named = service.get("state_dir") if isinstance(service, dict) else None
    if isinstance(named, str) and named:
        folder = Path(named).expanduser()
        return folder if folder.is_absolute() or not has_file else main.file.parent / folder
    return default_state_dir(dict(environ), Path.home())


def _campaign_dir(main: _Text, path: Path | None, state_dir: Path) -> Path:
    service = main.data.get("service")
    named = service.get("campaign_dir") if isinstance(service, dict) else None
    folder = Path(named if isinstance(named, str) else "campaigns").expanduser()
    return (main.file.parent if path is not None else state_dir) / folder


def _campaign_texts(folder: Path, instead: Mapping[Path, str]) -> Iterator[_Text | Problem]:
    for path in campaign_files(folder):
        text = _read(path, instead)
        if isinstance(text, _Text):
            text.prefix = ("campaign", path.stem)
        yield text


def _add_campaign(text: _Text, main: _Text) -> list[Problem]:
    campaigns = main.data.setdefault("campaign", {})
    if not isinstance(campaigns, dict):
        return []  # said by the check of the whole
    name = str(text.prefix[1])
    if name in campaigns:
        line = line_of(main.lines, ("campaign", name))
        return [Problem(text.file, None, "", f"{name} is in {main.file}:{line}, too; keep one")]
    campaigns[name] = text.data
    return []


def _validate(texts: list[_Text], context: dict[str, Any]) -> Settings | list[Problem]:
    main = texts[0]
    beside = [
        Problem(main.file, line_of(main.lines, (key,)), key, f"unknown key {key!r}")
        for key in ("source", "state_dir")
        if key in main.data
    ]
    try:
        # By way of JSON, where pydantic can be strict (no "5" for 5) and still read paths.
        text = json.dumps(without_unset(main.data, Settings), default=str)
        settings = Settings.model_validate_json(text, strict=True, context=context)
    except ValidationError as error:
        return beside + [
            _text_of(texts, path).problem(path, message)
            for path, message in explained(error, Settings)
        ]
    return beside or settings


def _text_of(texts: list[_Text], path: KeyPath) -> _Text:
    return next((text for text in texts[1:] if path[:2] == text.prefix), texts[0])


def _unknown_names(texts: list[_Text]) -> list[Problem]:
    """Pools and trunks that campaigns name and nothing describes; works on what was written."""
    data = texts[0].data
    pools = [*_table(data.get("pool")), DEFAULT_POOL]
    written = data.get("trunk")
    trunks = [
        str(_table(trunk).get("name")) for trunk in (written if isinstance(written, list) else [])
    ]
    problems = _repeated_trunks(texts[0], trunks)
    for name, campaign in _table(data.get("campaign")).items():
        for path, wanted, known in _named_by(_table(campaign), pools, trunks):
            if isinstance(wanted, str) and wanted and wanted not in known:
                whole: KeyPath = ("campaign", name, *path)
                what = str(path[0]).removesuffix("s")
                message = f"there is no {what} {wanted!r}{suggestion(wanted, known)}; "
                message += f"there are: {one_of(known)}"
                problems.append(_text_of(texts, whole).problem(whole, message))
    return problems


def _named_by(
    campaign: dict[str, Any], pools: list[str], trunks: list[str]
) -> Iterator[tuple[KeyPath, Any, list[str]]]:
    yield ("pool",), campaign.get("pool"), pools
    named = campaign.get("trunks")
    for position, trunk in enumerate(named if isinstance(named, list) else []):
        yield ("trunks", position), trunk, trunks


def _repeated_trunks(main: _Text, names: list[str]) -> list[Problem]:
    return [
        main.problem(("trunk", position, "name"), f"the name {name!r} is taken by a trunk above")
        for position, name in enumerate(names)
        if name in names[:position]
    ]


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def check_campaign(data: Mapping[str, Any]) -> CampaignSettings | list[str]:
    """One campaign's settings from elsewhere than a file: the settings, or what is wrong."""
    try:
        return CampaignSettings.model_validate_json(
            json.dumps(without_unset(dict(data), CampaignSettings), default=str), strict=True
        )
    except ValidationError as error:
        return [
            f"{dotted(path)}: {message}" for path, message in explained(error, CampaignSettings)
        ]
