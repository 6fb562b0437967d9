"""Every command: what it does, what it prints, how it ends."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dialer.store.export import COLUMNS


def is_one_line(text: str) -> bool:
    return text.startswith("dialer: ") and text.count("\n") == 1


# --- exit status and help ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",), ("campaign",), ("campaign", "fly"), ("campaign", "start"),
        ("rep", "add"), ("leads", "import", "x.csv"), ("cdr", "export"), ("dnc", "add"),
        ("cdr", "export", "--campaign", "spring", "--format", "xml"),
        ("cdr", "export", "--campaign", "spring", "--since", "yesterday"),
        ("campaign", "create", "x", "--set", "nonsense"),
        ("rep", "add", "anna", "--skill", "spanish"), ("serve", "--port", "5"),
    ],
)  # fmt: skip
def test_wrong_usage_is_status_2_and_stdout_stays_empty(dialer, arguments: tuple[str, ...]) -> None:
    done = dialer(*arguments)

    assert done.status == 2
    assert "Usage: dialer" in done.out + done.err


@pytest.mark.parametrize(
    "command",
    [
        (), ("serve",), ("asterisk",), ("leads", "import"), ("leads", "reset"),
        ("campaign", "create"),
        ("rep", "login"), ("dnc", "check"), ("cdr", "export"), ("doctor",), ("simulate",),
        ("replay",), ("demo",),
    ],
)  # fmt: skip
def test_every_command_explains_itself(dialer, command: tuple[str, ...]) -> None:
    done = dialer(*command, "--help")

    assert done.status == 0
    assert "Usage: dialer" in done.out


def test_the_help_loads_none_of_the_large_libraries() -> None:
    program = (
        "import sys; from dialer.cli.main import run; run(['--help']);"
        "print([m for m in ('sqlalchemy', 'fastapi', 'numpy', 'pydantic', 'rich.console', 'httpx')"
        " if m in sys.modules], file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stderr.strip() == "[]"
    assert "Exit status: 0 done, 1 failed" in done.stdout


def test_bad_settings_fail_every_command_with_file_and_line(dialer, config: Path) -> None:
    config.write_text("[campaign.spring]\nring_timout = 5\n")

    done = dialer("campaign", "status", "spring")

    assert done.status == 1
    assert is_one_line(done.err)
    assert f"{config}:2: campaign.spring.ring_timout: unknown key" in done.err


def test_the_settings_file_may_be_named(dialer, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[service]\nstate_dir = "other"\n[campaign.autumn]\n')

    done = dialer("campaign", "status", "--json", "--config", str(other))

    assert [it["name"] for it in done.json["campaigns"]] == ["autumn"]


def test_a_reader_who_leaves_early_is_no_error(config: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m dialer.cli.main --help | head -c 1",
        shell=True, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "Traceback" not in done.stderr


# --- without a service ---------------------------------------------------------------------------


def test_a_campaign_is_made_started_and_shown(dialer, config: Path) -> None:
    made = dialer("campaign", "create", "june", "--region", "CN", "--set", "calling.end=20:00")
    started = dialer("campaign", "start", "june")
    shown = dialer("campaign", "status", "june", "--json")

    assert (made.status, made.err) == (0, "")
    text = (config.parent / "campaigns/june.toml").read_text()
    assert 'region = "CN"' in text
    assert 'end = "20:00"' in text
    assert started.out == (
        "campaign june running (no service runs: takes effect with 'dialer serve')\n"
    )
    assert shown.json["state"] == "running"
    assert dialer("campaign", "pause", "june", "--json").json["state"] == "paused"
    assert dialer("campaign", "stop", "june").status == 0
    assert "june" in dialer("campaign", "status").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("campaign", "create", "x", "--pool", "none"), "there is no pool 'none'"),
        (("campaign", "create", "x", "--set", "weight=heavy"), "weight: must be a number"),
        (("campaign", "start", "none"), "dialer campaign create none"),
        (("campaign", "status", "none"), "there is no campaign 'none'"),
        (("rep", "ready", "anna"), "start it with 'dialer serve'"),
        (("reload",), "start it with 'dialer serve'"),
        (("leads", "import", "nowhere.csv", "--campaign", "spring"), "nowhere.csv"),
        (("leads", "import", "x.csv", "--campaign", "none"), "dialer campaign create none"),
        (("dnc", "add", "nonsense"), "not a phone number"),
        (("dnc", "add", "12345678", "--region", "XX"), "no region 'XX'"),
        (("cdr", "export", "--campaign", "none"), "there is no campaign 'none'"),
        (("rep", "add", "a b"), "1 to 40 letters"),
    ],
)
def test_a_job_that_fails_says_why_in_one_line(
    dialer, arguments: tuple[str, ...], said: str
) -> None:
    done = dialer(*arguments)

    assert done.status == 1
    assert done.out == ""
    assert is_one_line(done.err)
    assert said in done.err


def test_a_list_is_imported_and_its_bad_rows_reported(dialer, tmp_path: Path) -> None:
    path = tmp_path / "june.csv"
    path.write_text("phone,name\n030 12345678,J\n030 12345678,J\nnonsense,K\n", encoding="utf-8")

    done = dialer("leads", "import", str(path), "--campaign", "spring", "--json")

    assert (done.json["imported"], done.json["duplicates"], done.json["rejected"]) == (1, 1, 1)
    rows = list(csv.DictReader((tmp_path / "june.rejected.csv").open(encoding="utf-8-sig")))
    assert [row["row"] for row in rows] == ["3", "4"]
    status = dialer("campaign", "status", "spring", "--json").json
    assert status["leads"]["new"] == 1


def test_an_import_is_told_in_a_line(dialer, tmp_path: Path) -> None:
    path = tmp_path / "june.csv"
    path.write_text("phone\n030 12345678\n", encoding="utf-8")

    done = dialer("leads", "import", str(path), "--campaign", "spring")

    assert done.out.startswith("1 leads imported into spring in ")
    assert done.err == ""


@pytest.mark.parametrize("as_json", [False, True])
def test_a_do_not_call_list_of_which_rows_were_left_out_fails_loudly(
    dialer, tmp_path: Path, as_json: bool
) -> None:
    path = tmp_path / "stop.csv"
    path.write_text("phone\n030 12345678 privat\nnonsense\n", encoding="utf-8")

    done = dialer("dnc", "import", str(path), "--region", "DE", *(["--json"] if as_json else []))

    assert done.status == 1
    assert is_one_line(done.err)
    assert "row 3: not a phone number (nonsense)" in done.err
    assert "stop.rejected.csv" in done.err
    if as_json:
        assert (done.json["imported"], done.json["rejected"]) == (1, 1)
    path.write_text("phone\n030 12345678\n", encoding="utf-8")
    assert dialer("dnc", "import", str(path), "--region", "DE").status == 0


def test_numbers_of_one_cell_are_all_put_on_the_list(dialer) -> None:
    done = dialer("dnc", "add", "030 12345678 / 030 12345679", "--region", "DE")

    assert done.out == "2 new on the list, 0 on it already\n"


def test_a_rep_is_added_and_listed(dialer) -> None:
    added = dialer("rep", "add", "anna", "--name", "Anna Novak", "--phone", "sip", "--json")
    listed = dialer("rep", "list", "--json")

    assert added.json["account"]["server"] == "sip:127.0.0.1:5060"
    assert [(it["code"], it["state"]) for it in listed.json["agents"]] == [("anna", "out")]
    assert "Anna Novak" in dialer("rep", "list").out
    assert dialer("rep", "add", "anna").status == 1


def test_numbers_go_on_and_off_the_list(dialer, tmp_path: Path) -> None:
    path = tmp_path / "dnc.csv"
    path.write_text("+493012345679\nx\n", encoding="utf-8")

    assert dialer("dnc", "add", "030 12345678", "--region", "DE", "--json").json["added"] == 1
    assert dialer("dnc", "import", str(path), "--json").json["imported"] == 1
    checked = dialer("dnc", "check", "+493012345678", "+493012345670", "--json")
    assert [it["listed"] for it in checked.json["numbers"]] == [True, False]
    assert dialer("dnc", "remove", "+493012345678", "--json").json["removed"] == 1
    assert "no" in dialer("dnc", "check", "+493012345678").out


def test_an_export_without_records_is_a_header(dialer, tmp_path: Path) -> None:
    dialer("campaign", "start", "spring")

    text = dialer("cdr", "export", "--campaign", "spring", "--format", "csv").out
    lines = dialer("cdr", "export", "--campaign", "spring", "--format", "jsonl").out
    to_file = dialer("cdr", "export", "--campaign", "spring", "--out", str(tmp_path / "x.csv"))
    book = tmp_path / "x.xlsx"
    dialer("cdr", "export", "--campaign", "spring", "--format", "xlsx", "--out", str(book))

    assert next(csv.reader(io.StringIO(text))) == list(COLUMNS)
    assert lines == ""
    assert (tmp_path / "x.csv").read_text() == text
    assert "0 records" in to_file.out
    page = load_workbook(book).active
    assert [cell.value for cell in page[1]] == list(COLUMNS)


def test_the_token_is_made_once(dialer) -> None:
    first = dialer("token").out

    assert len(first) > 40
    assert dialer("token").out == first


def test_rendered_files_go_where_they_are_told(dialer, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("dialer.features.settings.voices.message_files", lambda _settings: ())
    dialer("rep", "add", "anna", "--phone", "sip")

    done = dialer("asterisk", "render", "--out", str(tmp_path / "conf"), "--json")

    assert done.status == 0, done.err
    assert "pjsip.conf" in done.json["files"]
    assert "[anna]" in (tmp_path / "conf/pjsip.conf").read_text()
    assert (tmp_path / "conf/manager.conf").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("command", ["status", "stop"])
def test_looking_at_an_asterisk_or_ending_it_fetches_nothing(
    dialer, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(*_args: object, **_options: object) -> None:
        raise AssertionError("something was to be fetched")

    for name in ("apt.fetch_packages", "install.fetch_packages", "sounds.fetch_packages"):
        monkeypatch.setattr(f"dialer.asterisk.{name}", fetch)
    monkeypatch.setenv("PATH", "")

    done = dialer("asterisk", command, "--json")

    assert done.status == 0, done.err
    assert (done.json["state"], done.json["pid"]) == ("stopped", None)


def test_an_external_asterisk_is_not_started(dialer, config: Path) -> None:
    with config.open("a") as file:
        file.write('[asterisk]\nrun = "external"\n')

    assert "external" in dialer("asterisk", "start").err


# --- with a service ------------------------------------------------------------------------------


def test_a_running_service_is_told(dialer, service) -> None:
    service.control.add_campaign("spring")

    done = dialer("campaign", "start", "spring")

    assert (done.status, done.out) == (0, "campaign spring stopped\n")
    assert service.control.campaigns["spring"].state == "running"
    assert dialer("campaign", "pause", "spring").status == 0
    assert [method for method, _ in service.control.told] == ["campaign_start", "campaign_pause"]


def test_a_campaign_made_beside_a_service_is_known_to_it_at_once(dialer, service) -> None:
    made = dialer("campaign", "create", "june", "--json")

    assert made.status == 0, made.err
    assert made.json["name"] == "june"
    assert "june" in service.settings.campaign
    assert dialer("campaign", "start", "june").status == 0


def test_a_rep_is_steered_through_the_service(dialer, service) -> None:
    assert dialer("rep", "add", "anna", "--json").json["code"] == "anna"
    service.control.add_agent("anna")

    assert dialer("rep", "login", "anna").out == "rep anna paused\n"
    assert dialer("rep", "ready", "anna", "--json").json["state"] == "ready"
    assert dialer("rep", "pause", "anna", "--reason", "lunch").out == "rep anna paused\n"
    assert dialer("rep", "list", "--json").json["agents"][0]["reason"] == "lunch"
    assert dialer("rep", "logout", "anna").out == "rep anna out\n"
    refused = dialer("rep", "ready", "anna")
    assert (refused.status, refused.err) == (1, "dialer: rep 'anna' is out\n")


def test_a_reload_says_what_changed(dialer, service) -> None:
    from dialer.settings.changes import Reloaded

    service.outcome = Reloaded(["pool.p.ratio: 1 -> 2"], ["service.port: 1 -> 2"])

    assert dialer("reload").out == (
        "changed: pool.p.ratio: 1 -> 2\nwaiting for a restart: service.port: 1 -> 2\n"
    )


def test_a_wrong_token_is_said(dialer, service, monkeypatch) -> None:
    monkeypatch.setenv("DIALER_URL", service.url)
    monkeypatch.setenv("DIALER_TOKEN", "wrong")

    assert "this token is not valid" in dialer("rep", "list").err


def test_a_service_that_crashed_is_not_asked(dialer, config: Path) -> None:
    state = config.parent / "state"
    state.mkdir()
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    told = {"url": "http://127.0.0.1:9", "pid": int(gone.stdout)}
    (state / "service.json").write_text(json.dumps(told))

    assert dialer("campaign", "start", "spring").status == 0
    assert "no service runs" in dialer("rep", "ready", "anna").err


def test_a_service_file_that_says_nothing_is_no_service(dialer, config: Path) -> None:
    state = config.parent / "state"
    state.mkdir()
    (state / "service.json").write_text("[]")

    assert dialer("campaign", "start", "spring").status == 0


def test_a_mass_change_of_the_list_needs_a_reason_and_is_undone_as_one(
    config: Path, dialer, tmp_path: Path
) -> None:
    config.write_text(config.read_text().replace("[service]", "[service]\ndnc_reason_from = 3"))
    path = tmp_path / "dnc.txt"
    path.write_text("".join(f"+4930123450{n}\n" for n in range(10, 15)))
    whole = ("dnc", "import", str(path), "--json")

    refused = dialer(*whole)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "say why" in refused.err
    done = dialer(*whole, "--reason", "the regulator's list").json
    assert done["imported"] == 5
    (change,) = dialer("dnc", "changes", "--json").json["changes"]
    assert (change["id"], change["count"], change["who"]) == (done["change"], 5, "cli")
    assert dialer("dnc", "add", "+493012345010").status == 0

    assert dialer("dnc", "undo", done["change"], "--json").json == {"back": 4, "kept": 1}
    listed = dialer("dnc", "check", "+493012345010", "+493012345011", "--json").json["numbers"]
    assert [it["listed"] for it in listed] == [True, False]
    assert dialer("dnc", "undo", done["change"]).status == 1


def test_what_was_taken_off_the_list_by_mistake_is_put_back(dialer) -> None:
    assert dialer("dnc", "add", "+493012345678", "--reason", "letter").status == 0
    said = dialer("dnc", "remove", "+493012345678").out

    change = said.split()[-1]
    assert dialer("dnc", "undo", change).out == "1 numbers are as they were\n"
    (entry,) = dialer("dnc", "check", "+493012345678", "--json").json["numbers"]
    assert (entry["listed"], entry["reason"]) == (True, "letter")
