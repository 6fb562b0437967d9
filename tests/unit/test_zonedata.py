"""The newest database of zones counts, in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import tzdata

from dialer.zonedata import (
    UnknownZoneError,
    database,
    names,
    names_a_place,
    version_of,
    zone_named,
    zones_by_country,
)

# What a newer system would say; the rest of such a folder is not needed to choose it.
NEWER, OLDER = "2099a", "2001a"


def folder(path: Path, version: str) -> Path:
    path.mkdir()
    (path / "tzdata.zi").write_text(f"# version {version}\n# This zic input file\n")
    (path / "America").mkdir()
    # Berlin's rules under Winnipeg's name tell which of the two was asked.
    berlin = Path(tzdata.__file__).parent / "zoneinfo/Europe/Berlin"
    (path / "America/Winnipeg").write_bytes(berlin.read_bytes())
    (path / "zone.tab").write_text("CA\t+4953-09709\tAmerica/Winnipeg\n")
    return path


def in_a_process(search: str, program: str) -> str:
    """What `program` prints with these folders of zones."""
    environment = {**os.environ, "PYTHONTZPATH": search}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


CHOSEN = (
    "from dialer.zonedata import *; from datetime import datetime as d; it = database();"
    "print(it.version, it.folder is None, d(2027, 1, 15, tzinfo=zone_named('America/Winnipeg'))"
    ".utcoffset().total_seconds() // 3600, len(zones_by_country()))"
)


def test_an_older_system_does_not_win_over_the_package(tmp_path: Path) -> None:
    old = folder(tmp_path / "old", OLDER)

    version, is_package, hours, countries = in_a_process(str(old), CHOSEN).split()

    assert (version, is_package) == (tzdata.IANA_VERSION, "True")
    assert float(hours) < 0
    assert int(countries) > 200


def test_a_newer_system_wins_with_its_own_table_of_countries(tmp_path: Path) -> None:
    search = os.pathsep.join(
        [str(folder(tmp_path / "old", OLDER)), str(folder(tmp_path / "new", NEWER))]
    )

    assert in_a_process(search, CHOSEN) == f"{NEWER} False 1.0 1"


def test_a_folder_that_does_not_say_its_version_does_not_win(tmp_path: Path) -> None:
    dumb = folder(tmp_path / "dumb", OLDER)
    (dumb / "tzdata.zi").unlink()

    assert in_a_process(str(dumb), CHOSEN).startswith(tzdata.IANA_VERSION)


def test_the_process_that_reads_big_lists_has_the_newest_too(tmp_path: Path) -> None:
    old = folder(tmp_path / "old", OLDER)
    program = (
        "import sys; sys.argv = ['x']; from dialer.leads.reading import LeadReader;"
        "from dialer.compliance.zonewords import place_meant;"
        "place_meant('America/Winnipeg', '+12045550123');"
        "import zoneinfo; print(zoneinfo.TZPATH)"
    )

    assert in_a_process(str(old), program) == "()"


@pytest.mark.parametrize(
    ("name", "text"), [("tzdata.zi", "# version 2026f\n"), ("+VERSION", "2026f\n")]
)
def test_a_folder_says_its_version_as_systems_write_it(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)

    assert version_of(tmp_path) == "2026f"


def test_the_rules_of_2026_are_known() -> None:
    winter, summer = (2026, 12, 2), (2027, 7, 1)

    def hours(name: str, day: tuple[int, int, int]) -> float:
        offset = datetime(*day, tzinfo=zone_named(name)).utcoffset()
        assert offset is not None
        return offset.total_seconds() / 3600

    assert database().version >= "2026f"
    assert [hours("America/Edmonton", day) for day in (winter, summer)] == [-6, -6]
    assert [hours("America/Vancouver", day) for day in (winter, summer)] == [-7, -7]
    assert [hours("America/Winnipeg", day) for day in (winter, summer)] == [-5, -5]
    assert [hours("Africa/Casablanca", day) for day in (winter, summer)] == [0, 0]


@pytest.mark.parametrize(
    "name", ["Factory", "localtime", "posixrules", "right/UTC", "posix/Europe/Berlin", "../UTC", ""]
)
def test_what_is_no_zone_of_people_is_none(name: str) -> None:
    with pytest.raises(UnknownZoneError):
        zone_named(name)
    assert not names_a_place(name)


@pytest.mark.parametrize("name", ["EST", "MST", "HST", "EST5EDT", "CET", "GMT", "Etc/GMT+5"])
def test_a_clock_without_a_place_names_none(name: str) -> None:
    assert not names_a_place(name)


def test_each_zone_of_a_country_is_a_place() -> None:
    found = {zone for zones in zones_by_country().values() for zone in zones}

    assert len(found) > 400
    assert all(names_a_place(zone) for zone in found)
    assert found <= names()


@pytest.mark.parametrize(
    ("tz", "expected"),
    [
        ("America/Vancouver", "America/Vancouver"),
        (":Asia/Shanghai", "Asia/Shanghai"),
        (":/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ("XYZ-3", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Zulu", "UTC"),
        ("Africa/Abidjan", "Africa/Abidjan"),
    ],
)
def test_the_machines_zone_is_the_one_it_is_set_to(tz: str, expected: str) -> None:
    program = "from dialer.zonedata import local_zone; print(local_zone())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "TZ": tz},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == expected
