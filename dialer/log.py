"""Logs: structured lines with ids for context, phone numbers masked, secrets left out.

JSON lines for machines, readable ones on a terminal. `configure` is called once, by whoever starts
the process; until then structlog's own defaults hold.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import msgspec
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor

from dialer.words import LogFormat

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}

#: Libraries that tell at length what nobody asked.
_QUIET = dict.fromkeys(("alembic", "uvicorn", "sqlalchemy", "asyncio"), "warning")

_NUMBER_KEYS = frozenset(
    {"phone", "number", "numbers", "callee", "caller_id", "caller", "exten", "callerid", "ani"}
)
_SECRET_WORDS = ("password", "secret", "token", "authorization", "api_key", "cookie")
#: Seven digits or more, with spaces, dashes, slashes or brackets between: how people write numbers.
#: Not part of a longer word (ids are letters and digits mixed), not a date, not a decimal.
_NUMBER = re.compile(
    r"(?<![\w.+-])(?!\d{4}-\d\d-\d\d)\+?\(?\d(?:[ ()/-]{0,2}\d){6,16}(?![\w]|\.\d)"
)
_DIGIT = re.compile(r"\d")


def mask_number(number: str) -> str:
    """A phone number as it may be shown: its last three digits, two of a short one."""
    digits = "".join(_DIGIT.findall(number))
    shown = 3 if len(digits) >= 7 else 2 if len(digits) >= 5 else 0
    return f"***{digits[len(digits) - shown :]}" if shown else "***"


def mask_text(text: str) -> str:
    """`text` with everything in it that looks like a phone number masked."""
    # Most texts have no digit at all, and a search for one is much cheaper than the pattern.
    if _DIGIT.search(text) is None:
        return text
    return _NUMBER.sub(lambda match: mask_number(match.group()), text)


def mask(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """The processor that keeps numbers and secrets out of every line."""
    for key, value in event.items():
        event[key] = _masked(key, value)
    return event


def _masked(key: str, value: Any) -> Any:
    # structlog's own keys begin with a line; they are gone before anything is written.
    if value is None or isinstance(value, bool | float) or key.startswith("_"):
        return value
    if _is_secret(key):
        return "***"
    if isinstance(value, str | int):
        if _is_number(key):
            return mask_number(str(value))
        return mask_text(value) if isinstance(value, str) else value
    return _masked_inside(key, value)


def _masked_inside(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {inner: _masked(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(key, item) for item in value]
    return value


def _is_number(key: str) -> bool:
    return key in _NUMBER_KEYS or key.endswith(("_number", "_phone"))


def _is_secret(key: str) -> bool:
    return any(word in key for word in _SECRET_WORDS)


class _Named:
    """What structlog writes to: a line to the current output, under the name of a module."""

    def __init__(self, outlet: LogOutlet, name: str) -> None:
        self.name = name
        self._outlet = outlet

    def msg(self, line: str) -> None:
        self._outlet.write(line)

    debug = info = warning = warn = error = critical = fatal = failure = exception = log = msg


class LogOutlet:
    """Where lines go, and from which level on; both may change while the program runs."""

    def __init__(self, file: Path | None = None, stream: IO[str] | None = None) -> None:
        self.level = 20
        self.levels: dict[str, int] = {}
        self._path = file
        self._stream = stream
        self._file: IO[str] | None = None
        self._known: dict[str, int] = {}
        self.reopen()

    def reopen(self) -> None:
        """Open the log file anew, after it was moved away. Raises OSError; the old one stays."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Line by line, so that nothing is lost when the process is killed.
        opened = self._path.open("a", encoding="utf-8", buffering=1, errors="backslashreplace")
        if self._file is not None:
            self._file.close()
        self._file = opened

    def write(self, line: str) -> None:
        """One line; a full disk or a closed terminal must not stop a call."""
        out = self._file or self._stream or sys.stderr
        try:
            out.write(line + "\n")
            out.flush()
        except (OSError, ValueError):
            return

    def set_levels(self, level: str, levels: Mapping[str, str]) -> None:
        """From which level on to log, in general and under certain names."""
        self.level = _LEVELS[level]
        self.levels = {name: _LEVELS[inner] for name, inner in {**_QUIET, **levels}.items()}
        self._known = {}

    def least(self, name: str) -> int:
        """The least level for `name`: that of the longest configured part of it."""
        found = self._known.get(name)
        if found is None:
            parts = name.split(".")
            starts = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
            found = next((self.levels[it] for it in starts if it in self.levels), self.level)
            self._known[name] = found
        return found

    @property
    def is_terminal(self) -> bool:
        return self._file is None and (self._stream or sys.stderr).isatty()


def configure(
    *,
    level: str = "info",
    levels: Mapping[str, str] | None = None,
    form: LogFormat = "auto",
    file: Path | None = None,
    stream: IO[str] | None = None,
) -> LogOutlet:
    """Log so from now on, also what libraries log by the standard way. Raises OSError.

    The returned outlet changes levels and reopens the file while the program runs.
    """
    outlet = LogOutlet(file, stream)
    outlet.set_levels(level, levels or {})
    readable = form == "console" or (form == "auto" and outlet.is_terminal)
    structlog.configure(
        processors=_processors(outlet, readable=readable),
        # Filtering happens by name in `_by_level`: levels may change later and differ by name.
        wrapper_class=structlog.make_filtering_bound_logger(10),
        logger_factory=lambda *args: _Named(outlet, str(args[0]) if args else ""),
        cache_logger_on_first_use=False,
    )
    _take_standard_logs(outlet)
    return outlet


def _processors(outlet: LogOutlet, *, readable: bool) -> list[Processor]:
    render: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=outlet.is_terminal)]
        if readable
        else [_first_things_first, structlog.processors.JSONRenderer(serializer=_json)]
    )
    return [
        _by_level(outlet),
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        mask,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *render,
    ]


def _by_level(outlet: LogOutlet) -> Processor:
    def check(logger: Any, method: str, event: EventDict) -> EventDict:
        name = getattr(logger, "name", "")
        if _LEVELS.get(method, 40) < outlet.least(name):
            raise structlog.DropEvent
        if name:
            event["logger"] = name
        return event

    return check


def _first_things_first(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Time, level and message at the beginning of a line, where an eye looks for them."""
    first = {key: event.pop(key) for key in ("timestamp", "level", "event") if key in event}
    return {**first, **event}


def _json(value: Any, **_options: Any) -> str:
    return msgspec.json.encode(value, enc_hook=str, order=None).decode()


class _Standard(logging.Handler):
    """Hands what libraries log to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        logger: FilteringBoundLogger = structlog.get_logger(record.name)
        level = "warning" if record.levelno == logging.WARNING else record.levelname.lower()
        write = getattr(logger, level if level in _LEVELS else "info")
        try:
            write(record.getMessage(), exc_info=record.exc_info or None)
        except Exception:  # a library's faulty log call must not raise into its own work
            self.handleError(record)


def _take_standard_logs(outlet: LogOutlet) -> None:
    root = logging.getLogger()
    root.handlers = [_Standard()]
    root.setLevel(min([outlet.level, *outlet.levels.values()]))
    for name in ("httpx", "httpcore"):
        # They write down whole addresses, and a webhook's address may be its key.
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True


def bind(**ids: str) -> None:
    """Ids (attempt, lead, campaign …) that every following line of this task carries."""
    structlog.contextvars.bind_contextvars(**ids)
