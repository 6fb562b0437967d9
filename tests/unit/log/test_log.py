"""Log lines are structured, carry their context, and never show a number or a secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from dialer.ids import new_id
from dialer.log import configure, mask_number, mask_text


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_time_level_name_and_ids() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    structlog.contextvars.bind_contextvars(attempt="A1", campaign="spring")

    structlog.get_logger("dialer.x").info("bridged", wait_s=0.25)

    (line,) = lines(stream)
    assert line["event"] == "bridged"
    assert (line["level"], line["logger"]) == ("info", "dialer.x")
    assert (line["attempt"], line["campaign"], line["wait_s"]) == ("A1", "spring", 0.25)
    assert line["timestamp"].endswith("Z")
    assert list(line)[:3] == ["timestamp", "level", "event"]


@pytest.mark.parametrize(
    "text",
    ["+493012345678", "0049 30 1234-5678", "(030) 12345678", "call 030/12345678 now",
     "PJSIP/+493012345678@main", "tel:+86 138 1234 5678", "+1 (212) 555-0123"],
)  # fmt: skip
def test_what_looks_like_a_number_is_masked_anywhere(text: str) -> None:
    stream = io.StringIO()
    configure(stream=stream)

    structlog.get_logger("x").info(f"dialing {text}", what=text, deep={"a": [text]})

    assert not any(part in stream.getvalue() for part in ("1234", "5678", "555"))


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_no_international_number_gets_through(number: str) -> None:
    assert number[:-3] not in mask_text(f"originate to {number} failed")


@given(st.from_regex(r"[0-9]{1,6}", fullmatch=True))
def test_a_number_under_its_own_key_is_masked_however_short(number: str) -> None:
    assert len(mask_number(number).strip("*")) <= max(0, len(number) - 3)


@pytest.mark.parametrize(
    "text",
    ["at 2026-01-31T10:00:00Z", "2026-01-31 10:00:00", "127.0.0.1:5060", "192.168.100.200:50600",
     "took 1763800000.123 s", "port 5060 of 65535", "revision 0a1b2c3d4e5f"],
)  # fmt: skip
def test_times_addresses_and_small_numbers_stay(text: str) -> None:
    assert mask_text(text) == text


def test_ids_stay_whole() -> None:
    ids = [new_id() for _ in range(1000)]

    assert [mask_text(an_id) for an_id in ids] == ids


def test_secrets_and_numbers_are_masked_by_key() -> None:
    stream = io.StringIO()
    configure(stream=stream)

    structlog.get_logger("x").info(
        "login", ami_secret="hush", Authorization="x", password=5, number=12345, callee="12345678"
    )

    (line,) = lines(stream)
    assert line["ami_secret"] == line["password"] == "***"
    assert line["number"] == "***45"
    assert line["callee"] == "***678"
    assert "hush" not in stream.getvalue()


def test_an_exception_is_shown_without_its_numbers() -> None:
    stream = io.StringIO()
    configure(stream=stream)

    try:
        raise ValueError("cannot dial +493012345678")
    except ValueError:
        structlog.get_logger("x").exception("failed")

    (line,) = lines(stream)
    assert "ValueError: cannot dial ***678" in line["exception"]


def test_levels_differ_by_name_and_change_at_once() -> None:
    stream = io.StringIO()
    outlet = configure(level="warning", levels={"dialer.asterisk": "debug"}, stream=stream)
    quiet, loud = structlog.get_logger("dialer.store"), structlog.get_logger("dialer.asterisk.link")

    quiet.info("no")
    loud.debug("yes")
    outlet.set_levels("info", {})
    quiet.info("now")
    loud.debug("no more")

    assert [line["event"] for line in lines(stream)] == ["yes", "now"]


def test_what_libraries_log_comes_out_the_same_way() -> None:
    stream = io.StringIO()
    configure(stream=stream)

    logging.getLogger("some.library").warning("to %s", "+493012345678")

    (line,) = lines(stream)
    assert (line["logger"], line["level"], line["event"]) == (
        "some.library",
        "warning",
        "to ***678",
    )


def test_a_moved_log_file_is_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "logs/dialer.log"
    outlet = configure(file=path)
    log = structlog.get_logger("x")

    log.info("one")
    path.rename(tmp_path / "old.log")
    outlet.reopen()
    log.info("two")

    assert json.loads((tmp_path / "old.log").read_text())["event"] == "one"
    assert json.loads(path.read_text())["event"] == "two"


def test_a_readable_form_is_no_json() -> None:
    stream = io.StringIO()
    configure(form="console", stream=stream)

    structlog.get_logger("x").info("bridged", attempt="A1", number="+493012345678")

    assert "bridged" in stream.getvalue()
    assert "***678" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_a_closed_stream_stops_nothing() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    stream.close()

    structlog.get_logger("x").info("still here")


def test_values_json_does_not_know_are_written_as_text() -> None:
    stream = io.StringIO()
    configure(stream=stream)

    structlog.get_logger("x").info("odd", what=object, path=Path("/a"), many={1, 2})

    (line,) = lines(stream)
    assert line["path"] == "/a"
    assert sorted(line["many"]) == [1, 2]


def test_addresses_that_are_keys_are_not_logged_by_the_library_that_calls_them() -> None:
    stream = io.StringIO()
    configure(stream=stream)

    logging.getLogger("httpx").info("HTTP Request: POST https://hooks.example.com/T0/k3y")
    logging.getLogger("httpcore").debug("connect")

    assert stream.getvalue() == ""
