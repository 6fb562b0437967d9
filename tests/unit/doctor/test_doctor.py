"""Each check says what it found, and what to do where something is wrong."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dialer.asterisk.parser import Message
from dialer.clocks.jumps import Jump
from dialer.compliance.calendars import announced_until
from dialer.doctor import Check, asterisk, calendars, data, examine, machine, mail, second_login
from dialer.doctor.ports import ports
from dialer.settings import Settings, TrunkSettings, clock_notes, load
from dialer.settings.node import ami_secret, doctor_secret
from dialer.zonedata import Database, local_time
from tests.kit.fake_ami import FakeAmiServer, FakeAmiSession
from tests.kit.mail_server import mail_server

Read = Callable[..., Settings]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def write(text: str = "") -> Settings:
        path = tmp_path / "dialer.toml"
        path.write_text(f'[service]\nstate_dir = "state"\n{text}', encoding="utf-8")
        found = load(path, {})
        assert isinstance(found, Settings), str(found)
        return found

    return write


@pytest.fixture
async def manager(read: Read) -> AsyncIterator[tuple[FakeAmiServer, Settings]]:
    """A manager server with the users of the settings, and settings that point at it."""
    server = FakeAmiServer()
    await server.start()
    settings = read(
        f"[asterisk]\nrun = 'external'\nami_port = {server.port}\nagi_port = 0\n"
        "[[trunk]]\nname = 'main'\nhost = '192.0.2.1'\n"
    )
    server.users = {"dialer": ami_secret(settings), "doctor": doctor_secret(settings)}
    yield server, settings
    await server.close()


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def is_bad(check: Check, state: str, *words: str) -> bool:
    """In this state, with these words, and with a remedy."""
    assert check.state == state
    assert check.remedy
    assert all(word in check.what + check.remedy for word in words), check
    return True


# --- this machine --------------------------------------------------------------------------------


def test_an_old_python_is_refused() -> None:
    assert machine.python((3, 11, 0)).state == "ok"
    assert is_bad(machine.python((3, 10, 9)), "fail", "3.10.9", "3.11")


def test_a_settings_file_with_secrets_that_everybody_reads_is_warned_of(read: Read) -> None:
    settings = read("[asterisk]\nami_secret = 'hush-hush-hush'\n")
    settings.source.chmod(0o644)
    assert is_bad(machine.settings_file(settings), "warn", "chmod o-r")
    settings.source.chmod(0o600)
    assert machine.settings_file(settings).state == "ok"


def test_a_state_folder_that_cannot_be_written_fails(read: Read, monkeypatch) -> None:
    settings = read()
    assert machine.state_folder(settings).state == "ok"
    monkeypatch.setattr("os.access", lambda *_: False)
    assert is_bad(machine.state_folder(settings), "fail", "service.state_dir")


@pytest.mark.parametrize(("free", "state"), [(10**8, "fail"), (10**9, "warn"), (10**11, "ok")])
def test_a_full_disk_fails_and_a_nearly_full_one_is_warned_of(
    read: Read, monkeypatch, free: int, state: str
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("U", (), {"free": free})())

    (check,) = machine.disk(read())

    assert check.state == state


@pytest.mark.parametrize(
    ("limits", "state"), [((256, 256), "fail"), ((2000, 2000), "warn"), ((65536, 65536), "ok")]
)
def test_few_open_files_are_not_enough(monkeypatch, limits: tuple[int, int], state: str) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: limits)

    assert machine.open_files().state == state


@pytest.mark.parametrize(("told", "state"), [(True, "ok"), (False, "warn"), (None, "ok")])
def test_a_clock_that_nothing_keeps_is_warned_of(monkeypatch, told, state: str) -> None:
    monkeypatch.setattr(machine, "clock_synchronised", lambda: told)

    assert machine.clock().state == state


def test_what_the_service_saw_of_the_clock_is_told_for_a_day(read: Read) -> None:
    settings, now = read(""), 1_800_000_000.0
    settings.state_dir.mkdir(exist_ok=True)
    assert machine.clock_jumps(settings, now).state == "ok"

    clock_notes.note(settings.state_dir, Jump("sleep", 600.0), now - 200_000.0)
    assert machine.clock_jumps(settings, now).state == "ok"
    clock_notes.note(settings.state_dir, Jump("step", -3.0), now - 60.0)
    found = machine.clock_jumps(settings, now)
    assert is_bad(found, "warn", "1 in 24 hours", "set by -3.0 s")

    (settings.state_dir / clock_notes.FILE).write_text("rubbish")
    assert machine.clock_jumps(settings, now).state == "ok"


@pytest.mark.parametrize(
    ("text", "may", "state"),
    [("", True, "ok"), ("", False, "warn"), ("realtime = false\n", False, "ok")],
)
def test_a_dialer_that_others_keep_waiting_is_warned_of(
    read: Read, monkeypatch, text: str, may: bool, state: str
) -> None:
    monkeypatch.setattr(machine, "may_go_first", lambda: may)
    assert machine.precedence(read(text)).state == state


def test_the_kernel_tells_whether_its_clock_is_kept() -> None:
    assert machine.clock_synchronised() in (True, False, None)


# --- data ----------------------------------------------------------------------------------------


async def test_a_database_that_is_not_there_yet_is_well(read: Read) -> None:
    assert (await data.database(read())).state == "ok"


async def test_a_database_of_a_newer_version_fails(read: Read, monkeypatch) -> None:
    settings = read()
    settings.state_dir.mkdir()
    (settings.state_dir / "dialer.db").touch()

    async def newer(_url: str) -> str:
        return "ffff"

    monkeypatch.setattr(data, "current", newer)

    assert is_bad(await data.database(settings), "fail", "newer version")


async def test_a_database_that_is_none_fails(read: Read) -> None:
    settings = read()
    settings.state_dir.mkdir()
    (settings.state_dir / "dialer.db").write_text("this is no database, but a long enough text")

    assert is_bad(await data.database(settings), "fail")


async def test_a_database_url_is_shown_without_its_password(read: Read) -> None:
    settings = read("[store]\nurl = 'postgresql://u:p4ssw0rd@127.0.0.1:1/d'\n")

    check = await data.database(settings)

    assert is_bad(check, "fail")
    assert "p4ssw0rd" not in check.what + check.remedy


async def test_a_redis_that_is_not_there_fails(read: Read) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    settings = read(f"[bus]\nurl = 'redis://:p4ssw0rd@127.0.0.1:{port}/0'\n")

    check = await data.bus(settings)

    assert is_bad(check, "fail", "start or mend Redis")
    assert "p4ssw0rd" not in check.what


async def test_without_redis_the_bus_is_inside_the_process(read: Read) -> None:
    assert (await data.bus(read())).state == "ok"


# --- ports ---------------------------------------------------------------------------------------


def test_a_port_that_somebody_has_fails_with_its_key(read: Read) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = read(f"port = {port}\n[asterisk]\nrun = 'external'\nagi_port = 0\n")

        found = by_name(ports(settings, service_runs=False, asterisk_runs=False))

    assert is_bad(found["service.port (tcp)"], "fail", "taken", "service.port")
    assert found["asterisk.agi_port (tcp)"].state == "ok"
    assert len(found) == 2


def test_ports_of_a_running_service_are_its_own(read: Read) -> None:
    settings = read()

    found = ports(settings, service_runs=True, asterisk_runs=True)

    assert [check.state for check in found] == ["ok"]


# --- Asterisk ------------------------------------------------------------------------------------


async def test_both_logins_the_clock_and_agi_are_tried(manager) -> None:
    server, settings = manager

    async def ask(address: str) -> None:
        host, port = address.removeprefix("agi://").removesuffix("/doctor").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"agi_network: yes\n\n")
        await writer.drain()
        writer.close()

    asking = []

    def originate(session: FakeAmiSession, action: Message) -> None:
        session.reply(action, [("Message", "Originate successfully queued")])
        asking.append(asyncio.ensure_future(ask(action.get("Data", ""))))

    def endpoint(session: FakeAmiSession, action: Message) -> None:
        contact = [("Status", "Reachable"), ("RoundtripUsec", "12345")]
        session.reply_list(
            action, "ContactStatusDetail", [contact], "here", "EndpointDetailComplete"
        )

    server.on("Originate", originate)
    server.on("PJSIPShowEndpoint", endpoint)

    found = by_name(await asterisk.logins(settings))
    await asyncio.gather(*asking)

    assert {name: check.state for name, check in found.items()} == {
        "manager login": "ok",
        "clock of Asterisk": "ok",
        "AGI from Asterisk": "ok",
        "trunk main": "ok",
        "second login (pyst2)": "ok",
    }
    assert "in 12 ms" in found["trunk main"].what


async def test_a_wrong_secret_fails_both_logins(manager) -> None:
    server, settings = manager
    server.users = {}

    found = by_name(await asterisk.logins(settings))

    assert is_bad(found["manager login"], "fail", "ami_secret")
    assert is_bad(found["second login (pyst2)"], "warn", "doctor")
    assert len(found) == 2


async def test_an_asterisk_that_does_not_come_fails(manager, monkeypatch) -> None:
    server, settings = manager
    monkeypatch.setattr(asterisk, "AGI_S", 0.05)
    server.on("Originate", lambda session, action: session.reply(action, []))

    found = by_name(await asterisk.logins(settings))

    assert is_bad(found["AGI from Asterisk"], "fail", "agi_advertise")
    assert is_bad(found["trunk main"], "fail", "does not know it")


async def test_a_clock_that_is_off_fails(manager, monkeypatch) -> None:
    server, settings = manager
    monkeypatch.setattr(asterisk, "AGI_S", 0.01)

    def ping(session: FakeAmiSession, action: Message) -> None:
        session.reply(action, [("Ping", "Pong"), ("Timestamp", "1000000000.0")])

    server.on("Ping", ping)

    found = by_name(await asterisk.logins(settings))

    assert is_bad(found["clock of Asterisk"], "fail", "ms", "synchronise")


@pytest.mark.parametrize(("off_s", "state"), [(0.0, "ok"), (-0.35, "warn"), (0.7, "fail")])
async def test_a_clock_is_judged_by_what_dialing_waits_for(
    manager, monkeypatch, off_s: float, state: str
) -> None:
    server, settings = manager
    monkeypatch.setattr(asterisk, "AGI_S", 0.01)

    def ping(session: FakeAmiSession, action: Message) -> None:
        session.reply(action, [("Ping", "Pong"), ("Timestamp", f"{time.time() + off_s:.6f}")])

    server.on("Ping", ping)
    assert by_name(await asterisk.logins(settings))["clock of Asterisk"].state == state


async def test_a_silent_manager_is_given_up_in_time(manager, monkeypatch) -> None:
    server, settings = manager
    monkeypatch.setattr(asterisk, "LOGIN_S", 0.1)
    monkeypatch.setattr(second_login, "LIMIT_S", 0.5)
    server.faults.is_silent = True
    port = settings.asterisk.ami_port

    fault = await asyncio.to_thread(
        second_login.log_in, "127.0.0.1", port, "doctor", "x", limit_s=1.0
    )

    assert fault == "no answer within 1 s"


def test_a_manager_that_hangs_up_in_mid_login_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """pyst2's reader then closes the file that its login is about to flush."""

    def closed(*_: object) -> None:
        raise ValueError("flush of closed file")

    monkeypatch.setattr("asterisk.manager.Manager.connect", lambda *_: None)
    monkeypatch.setattr("asterisk.manager.Manager.login", closed)
    assert second_login.main("127.0.0.1", "1", "doctor", "x") == 1
    assert capsys.readouterr().out == "the manager closed the connection\n"


async def test_nobody_at_the_port_is_said_by_the_second_login(read: Read) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    fault = await asyncio.to_thread(second_login.log_in, "127.0.0.1", port, "doctor", "x")

    assert fault
    assert "\n" not in fault


TRUNK = TrunkSettings(name="main", host="192.0.2.1")
REGISTERED = TrunkSettings(
    name="main", host="192.0.2.1", kind="registration", username="u", secret="s"
)  # fmt: skip


@pytest.mark.parametrize(
    ("trunk", "status", "registration", "state"),
    [
        (TRUNK, "Reachable", "", "ok"),
        (TRUNK, "Unreachable", "", "fail"),
        (TRUNK, "NonQualified", "", "warn"),
        (TRUNK, "", "", "warn"),
        (REGISTERED, "Reachable", "Registered", "ok"),
        (REGISTERED, "Reachable", "Rejected", "fail"),
        (REGISTERED, "Reachable", "", "fail"),
    ],
)
def test_a_trunk_is_as_asterisk_says(
    trunk: TrunkSettings, status: str, registration: str, state: str
) -> None:
    check = asterisk.trunk_check(trunk, status, "N/A", registration)

    assert check.state == state
    assert bool(check.remedy) == (state != "ok")


def test_a_managed_asterisk_that_does_not_run_is_only_warned_of(read: Read) -> None:
    assert is_bad(asterisk.not_running(read()), "warn", "dialer asterisk start")
    external = read("[asterisk]\nrun = 'external'\n")
    assert is_bad(asterisk.not_running(external), "fail", "dialer asterisk render")


def test_no_asterisk_at_all_says_how_to_get_one(read: Read, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(asterisk, "usable_on_path", lambda: (None, "no asterisk on PATH"))
    monkeypatch.setattr(asterisk, "cache_dir", lambda: tmp_path / "empty")

    assert is_bad(asterisk.installed(read()), "warn", "dialer asterisk install")


# --- all together --------------------------------------------------------------------------------


def test_a_check_that_breaks_does_not_stop_the_others(read: Read, monkeypatch) -> None:
    def broken() -> Check:
        raise ZeroDivisionError

    monkeypatch.setattr(machine, "python", broken)
    monkeypatch.setattr(asterisk, "present_install", lambda: "none here")
    settings = read("[asterisk]\nami_port = 1\n")

    found = by_name(examine(settings))

    assert is_bad(found["python"], "fail", "ZeroDivisionError")
    assert found["database"].state == "ok"
    assert {"disk", "clock", "bus", "asterisk", "manager login"} <= set(found)


# --- zones and holidays --------------------------------------------------------------------------


def zones_at(version: str, when: datetime, *, system_is_right: bool = True) -> Check:
    found = Database(version, None, version, "2025b")
    hours = None if system_is_right else timedelta(hours=27)
    return calendars.time_zones(
        when, lambda: found, lambda now: hours or local_time(now.timestamp()).utcoffset()
    )


def test_the_database_of_zones_is_named_and_an_old_one_is_said() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)

    assert "2026f" in zones_at("2026f", now).what
    assert zones_at("2026a", now).state == "ok"
    assert is_bad(zones_at("2025b", now), "warn", "2025b", "tzdata", "restart")


def test_a_system_that_shows_another_time_than_its_zone_is_said() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)

    assert is_bad(zones_at("2026f", now, system_is_right=False), "warn", "2025b", "system")


def test_holidays_that_are_not_announced_yet_are_said_in_time(read: Read) -> None:
    settings = read('[pool.p]\n[campaign.c]\npool = "p"\ncalling = {holidays = "CN"}\n')
    known = announced_until("CN")
    assert known is not None

    early = calendars.public_holidays(settings, datetime(known, 6, 1, tzinfo=UTC))
    late = calendars.public_holidays(settings, datetime(known, 11, 30, tzinfo=UTC))

    assert early.state == "ok"
    assert f"CN (moved days up to {known})" in early.what
    assert is_bad(late, "warn", f"CN (moved days up to {known}); those of {known + 1}", "pip")
    assert calendars.public_holidays(read(""), datetime(known, 11, 30, tzinfo=UTC)).state == "ok"


async def test_the_mail_server_is_reached_or_what_it_says_is_told(read: Read) -> None:
    on = '[mail]\non = true\nsender = "dialer@example.com"\nport = '
    async with mail_server() as server:
        assert await mail.server(read()) == Check("mail", "ok", "off")
        found = await mail.server(read(f"{on}{server.port}\n"))
        assert (found.state, found.what) == ("ok", f"127.0.0.1:{server.port}, none")
        assert server.taken == []
    is_bad(await mail.server(read(f"{on}{server.port}\n")), "warn", str(server.port), "[mail]")
