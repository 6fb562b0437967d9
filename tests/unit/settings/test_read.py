"""Reading dialer.toml: what is right is taken, what is wrong is said with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialer.settings import Problems, Settings, find, load
from dialer.settings.kinds import said


@pytest.fixture
def toml(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "dialer.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def settings(path: Path | None, **environ: str) -> Settings:
    found = load(path, environ)
    assert isinstance(found, Settings), str(found)
    return found


def problems(path: Path, **environ: str) -> list[str]:
    found = load(path, environ)
    assert isinstance(found, Problems)
    return [str(problem).removeprefix(str(path.parent) + "/") for problem in found.all]


def test_without_a_file_the_defaults_are_enough() -> None:
    found = settings(None, XDG_STATE_HOME="/state")

    assert found.state_dir == Path("/state/dialer")
    assert found.store_url == "sqlite:////state/dialer/dialer.db"
    assert list(found.pools) == ["default"]
    assert found.service.port == 8080


def test_a_relative_path_counts_from_the_folder_of_its_file(toml) -> None:
    path = toml('[service]\nstate_dir = "state"\n[recording]\ndir = "rec"')

    found = settings(path)

    assert found.state_dir == path.parent / "state"
    assert found.recording_dir == path.parent / "rec"
    assert found.campaign_dir == path.parent / "campaigns"


def test_every_problem_is_said_at_once_with_its_line(toml) -> None:
    path = toml(
        '[service]\nport = "80"\n\n[campaign.spring]\nring_timout = 20\nring_timeout = 500\n'
        'pool = "nort"\ncalling.start = "9-5"\n[pool.north]\nmethod = "fast"\n'
    )

    found = problems(path)

    assert found[0] == "dialer.toml:2: service.port: must be a whole number, not '80'"
    assert found[1].startswith(
        "dialer.toml:5: campaign.spring.ring_timout: unknown key 'ring_timout' "
        "(did you mean 'ring_timeout'?); known here: title, "
    )
    assert found[2] == "dialer.toml:6: campaign.spring.ring_timeout: must be at most 120, not 500"
    assert found[3] == (
        "dialer.toml:7: campaign.spring.pool: there is no pool 'nort' (did you mean 'north'?); "
        "there are: north, default"
    )
    assert found[4].startswith("dialer.toml:8: campaign.spring.calling.start: must be a time")
    assert found[5].startswith("dialer.toml:10: pool.north.method: must be one of 'predictive'")
    assert len(found) == 6


@pytest.mark.parametrize(
    ("text", "said_of_it"),
    [
        ("a = ", "dialer.toml:1: is not valid TOML: Invalid value"),
        ("[service]\nport = 70000", "dialer.toml:2: service.port: must be at most 65535"),
        ("[service]\nport = true", "dialer.toml:2: service.port: must be a whole number, not true"),
        ("[service]\ndrain_s = inf", "dialer.toml:2: service.drain_s: must be a finite number"),
        ("service = 3", "dialer.toml:1: service: must be a table, not 3"),
        ("campaign = 3", "dialer.toml:1: campaign: must be a table, not 3"),
        ("trunk = 3", "dialer.toml:1: trunk: must be a list in brackets, not 3"),
        ("[serivce]", "dialer.toml:1: serivce: unknown key 'serivce' (did you mean 'service'?)"),
        ("source = 'x'", "dialer.toml:1: source: unknown key 'source'"),
        ("[[trunk]]\nname = 'a'", "dialer.toml:1: trunk[1].host: is missing"),
        (
            "[[trunk]]\nname='a'\nhost='h'\n[[trunk]]\nname='a'\nhost='h'",
            "dialer.toml:5: trunk[2].name: the name 'a' is taken by a trunk above",
        ),
        (
            "[[trunk]]\nname='a'\nhost='h'\nkind='registration'",
            "dialer.toml:1: trunk[1]: kind registration needs username and secret",
        ),
        (
            "[[trunk]]\nname='a'\nhost='h'\n[campaign.c]\ntrunks = ['a', 'b']",
            "dialer.toml:5: campaign.c.trunks[2]: there is no trunk 'b'; there are: a",
        ),
        ("[asterisk]\ntls_cert = 'x'", "dialer.toml:1: asterisk: tls_cert and tls_key go together"),
        ("[asterisk]\nsip_bind = 'x'", "dialer.toml:2: asterisk.sip_bind: must be an IP address"),
        ("[campaign.'a b']", 'dialer.toml:1: campaign."a b": must be 1 to 64 letters'),
        ("[campaign.a]\nregion='de'", "dialer.toml:2: campaign.a.region: must be a country"),
        ("[campaign.a]\nmessage='a,b'", "dialer.toml:2: campaign.a.message: must be a path"),
        ('[campaign.a]\ntitle = "a\\nb"', "dialer.toml:2: campaign.a.title: must be one line"),
        (
            "[campaign.a.calling]\nholidays = 'XX'",
            "dialer.toml:2: campaign.a.calling.holidays: no holiday calendar for 'XX'",
        ),
        (
            "[campaign.a.calling]\nstart = '20:00'\nend = '9:00'",
            "dialer.toml:1: campaign.a.calling: end (9:00) must be later than start (20:00)",
        ),
        (
            "[campaign.a.calling]\nend = '25:00'",
            "dialer.toml:2: campaign.a.calling.end: must be a time of day",
        ),
        (
            "[campaign.a.calling]\nweekdays = [1, 8]",
            "dialer.toml:2: campaign.a.calling.weekdays[2]: must be a day from 1",
        ),
        (
            "[asterisk]\nami_secret = 'env:NOT_THERE'",
            "dialer.toml:2: asterisk.ami_secret: names the environment variable NOT_THERE",
        ),
        (
            "[asterisk]\nami_secret = 'file:not-there'",
            "dialer.toml:2: asterisk.ami_secret: names the file",
        ),
    ],
)  # fmt: skip
def test_a_bad_value_gets_one_clear_line(toml, text: str, said_of_it: str) -> None:
    found = problems(toml(text))

    assert len(found) == 1
    assert found[0].startswith(said_of_it)
    assert "\n" not in found[0]


def test_bytes_that_are_no_text_are_said_so(tmp_path: Path) -> None:
    path = tmp_path / "dialer.toml"
    path.write_bytes(b"a = '\xff'")

    assert problems(path) == ["dialer.toml: is not UTF-8 text (byte 5)"]


def test_a_file_that_is_not_there_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    found = problems(tmp_path / "dialer.toml")

    assert found == ["dialer.toml: cannot be read: No such file or directory"]


def test_a_secret_is_read_from_where_it_is_kept_and_never_shown(toml, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-file\n")
    path = toml(
        "[asterisk]\nami_secret = 'file:secret'\n[store]\nurl = 'env:DB'\n"
        "[[trunk]]\nname='a'\nhost='h'\nsecret='in-the-toml'"
    )

    found = settings(path, DB="postgresql://u:p4ssw0rd@h/d")

    assert said(found.asterisk.ami_secret) == "from-file"
    assert found.store_url == "postgresql://u:p4ssw0rd@h/d"
    shown = repr(found)
    assert not any(word in shown for word in ("from-file", "p4ssw0rd", "in-the-toml"))


def test_a_bad_secret_is_not_repeated_in_the_message(toml) -> None:
    path = toml('[asterisk]\nami_secret = "hush\\r\\nAction: Originate"')

    assert "hush" not in problems(path)[0]


def test_a_campaign_file_is_a_campaign_of_its_name(toml, tmp_path: Path) -> None:
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaigns/spring.toml").write_text(
        "wrapup_limit = 5\n[calling]\nmax_per_day = 1\n"
    )

    found = settings(toml("[campaign.autumn]\n"))

    assert sorted(found.campaign) == ["autumn", "spring"]
    assert found.campaign["spring"].wrapup_limit == 5


def test_a_problem_in_a_campaign_file_names_that_file_and_its_line(toml, tmp_path: Path) -> None:
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaigns/spring.toml").write_text("title = 'x'\nwrapup = 5\npool = 'p'\n")
    (tmp_path / "campaigns/summer.toml").write_text("title = \n")

    found = problems(toml("[campaign.autumn]\nwrapup_limit = -1"))

    assert found[0].startswith("campaigns/spring.toml:2: campaign.spring.wrapup: unknown key")
    assert found[1].startswith("campaigns/spring.toml:3: campaign.spring.pool: there is no pool")
    assert found[2].startswith("campaigns/summer.toml:1: is not valid TOML")
    assert found[3].startswith("dialer.toml:2: campaign.autumn.wrapup_limit: must be at least 0")


def test_a_campaign_described_twice_is_a_problem(toml, tmp_path: Path) -> None:
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaigns/spring.toml").write_text("")

    found = problems(toml("[campaign.spring]\n"))

    assert found == [f"campaigns/spring.toml: spring is in {tmp_path}/dialer.toml:1, too; keep one"]


def test_the_file_is_found_by_variable_then_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "config/dialer/dialer.toml"
    config.parent.mkdir(parents=True)
    config.touch()
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "config")}

    assert find(environ) == config
    (tmp_path / "dialer.toml").touch()
    assert find(environ) == tmp_path / "dialer.toml"
    assert find({**environ, "DIALER_CONFIG": "/x/y.toml"}) == Path("/x/y.toml")


def test_a_campaign_without_trunk_takes_the_first_one_and_its_numbers(toml) -> None:
    found = settings(
        toml(
            "[[trunk]]\nname='a'\nhost='h'\ncaller_ids=['+493012345678']\n"
            "[[trunk]]\nname='b'\nhost='h'\ncaller_ids=['+493012345679']\n"
            "[campaign.x]\n[campaign.y]\ntrunks=['b','a']\n"
        )
    )

    assert [trunk.name for trunk in found.trunks_of("x")] == ["a"]
    assert [trunk.name for trunk in found.trunks_of("y")] == ["b", "a"]
    assert found.caller_ids_of("x") == ("+493012345678",)
    assert found.caller_ids_of("y") == ("+493012345679", "+493012345678")


@pytest.mark.parametrize("codec", ["g722", "opus"])
def test_a_codec_that_spoils_recordings_is_refused_where_calls_are_recorded(
    tmp_path: Path, codec: str
) -> None:
    text = f'[[trunk]]\nname = "a"\nhost = "h"\ncodecs = ["alaw", "{codec}"]\n[campaign.spring]\n'
    path = tmp_path / "dialer.toml"
    path.write_text(text, encoding="utf-8")

    found = load(path, {})

    assert f"dialer.toml:4: trunk[1].codecs: {codec} would spoil recordings" in str(found)
    path.write_text(f"{text}recording = false\n", encoding="utf-8")
    assert not isinstance(load(path, {}), Problems)
