"""The command line others build on: every name is there and says what it does."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from dialer.cli.main import run
from dialer.ports.store import Cdr
from dialer.store.export import COLUMNS, csv_fields, json_line

WITH_JSON = [
    *("asterisk install", "asterisk start", "asterisk stop", "asterisk status"),
    *("asterisk render", "leads import", "leads reset", "campaign create", "campaign start"),
    *("campaign pause", "campaign stop", "campaign status", "rep add", "rep login", "rep ready"),
    *("rep pause", "rep logout", "rep list", "dnc add", "dnc remove", "dnc import", "dnc check"),
    *("simulate", "replay", "doctor"),
]
COMMANDS = [*WITH_JSON, "serve", "cdr export"]
OPTIONS = {
    "serve": ["--config"],
    "leads import": ["--campaign"],
    "leads reset": ["--campaign", "--cause", "--since", "--list"],
    "cdr export": ["--campaign", "--format"],
    "simulate": ["--plot"],
    "replay": ["--pool", "--date", "--set"],
}
ORDER = [
    "attempt_id",
    "campaign",
    "lead_id",
    "number",
    "caller_id",
    "trunk",
    "node",
    "placed_at",
    "ringing_at",
    "answered_at",
    "connected_at",
    "ended_at",
    "outcome",
    "answered_by",
    "agent",
    "ring_seconds",
    "wait_seconds",
    "talk_seconds",
    "wrapup_seconds",
    "hangup_cause",
    "hangup_by",
    "disposition",
    "recording",
    "sip_code",
]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and state of this test's own, and no service."""
    (tmp_path / "dialer.toml").write_text('[service]\nstate_dir = "state"\n[campaign.spring]\n')
    monkeypatch.setenv("DIALER_CONFIG", str(tmp_path / "dialer.toml"))
    monkeypatch.delenv("DIALER_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0
    told = capsys.readouterr()
    wanted = [*OPTIONS.get(command, []), *(["--json"] if command in WITH_JSON else [])]
    assert [option for option in wanted if option not in told.out] == []
    assert told.err == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_wrong_usage_is_status_2_and_leaves_standard_output_alone(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command.split(), "--nonsense"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err != ""


@pytest.mark.parametrize(
    "command", ["campaign status spring", "campaign status", "rep list", "dnc check +12125550123"]
)
def test_json_is_one_document_and_nothing_else(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if command == "campaign status spring":
        assert run(["campaign", "create", "june", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["name"] == "june"
        command = "campaign status june"
    assert run([*command.split(), "--json"]) == 0
    told = capsys.readouterr()
    assert isinstance(json.loads(told.out), dict)
    assert told.err == ""


@pytest.mark.parametrize(
    "command",
    [
        "rep login nobody",
        "cdr export --campaign none --format csv",
        "leads import /none --campaign c",
    ],
)
def test_a_job_that_fails_is_status_1_with_one_line(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command.split()) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("dialer: ")
    assert told.err.count("\n") == 1


WHOLE = Cdr(
    attempt_id="A1",
    campaign="spring",
    lead_id="L1",
    number="+12125550123",
    caller_id="+12125550199",
    trunk="carrier",
    node="node1",
    placed_at=1_767_600_000.0,
    ringing_at=1_767_600_001.5,
    answered_at=1_767_600_004.0004,
    connected_at=1_767_600_004.0106,
    ended_at=1_767_600_064.9999,
    outcome="connected",
    answered_by="human",
    agent="anna",
    ring_seconds=2.5,
    wait_seconds=0.0102,
    talk_seconds=60.0,
    hangup_cause=16,
    hangup_by="callee",
    wrapup_seconds=None,
    disposition=None,
    recording=None,
    sip_code=None,
)


def test_the_columns_of_call_records_stand_in_their_order() -> None:
    assert list(COLUMNS) == ORDER
    assert list(json.loads(json_line(WHOLE))) == ORDER


def test_times_are_utc_with_milliseconds_and_durations_have_three_decimals() -> None:
    found = dict(zip(ORDER, csv_fields(WHOLE), strict=True))

    assert found["placed_at"] == "2026-01-05T08:00:00.000Z"
    assert found["answered_at"] == "2026-01-05T08:00:04.000Z"
    assert found["ended_at"] == "2026-01-05T08:01:05.000Z", "rounded, the second carried over"
    assert (found["ring_seconds"], found["wait_seconds"]) == ("2.500", "0.010")
    assert found["talk_seconds"] == "60.000"
    assert (found["wrapup_seconds"], found["disposition"], found["recording"]) == ("", "", "")
    assert found["hangup_cause"] == "16"


def test_json_lines_say_the_same_with_null_for_what_did_not_happen() -> None:
    line = json_line(WHOLE)
    found = json.loads(line)

    assert '"ring_seconds": 2.500, "wait_seconds": 0.010, "talk_seconds": 60.000' in line
    assert found["talk_seconds"] == 60.0
    assert (found["wrapup_seconds"], found["disposition"], found["recording"]) == (None,) * 3
    assert found["placed_at"] == "2026-01-05T08:00:00.000Z"
    assert found["hangup_cause"] == 16
    assert "\n" not in line


def test_csv_fields_survive_a_csv_reader() -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(csv_fields(WHOLE))
    assert next(csv.reader(io.StringIO(out.getvalue()))) == csv_fields(WHOLE)
