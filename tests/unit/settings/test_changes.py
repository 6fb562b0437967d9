"""A reload is one change or none, and what needs a restart waits for it."""

from __future__ import annotations

import os
from pathlib import Path

from dialer.settings import Reload, Settings, diff, load
from dialer.settings.watch import Watch


def read(folder: Path, text: str) -> Settings:
    path = folder / "dialer.toml"
    path.write_text(text, encoding="utf-8")
    found = load(path, {})
    assert isinstance(found, Settings), str(found)
    return found


TRUNK = "[[trunk]]\nname = 'a'\nhost = 'h'\n"


def test_campaign_pool_and_log_changes_are_live(tmp_path: Path) -> None:
    old = read(tmp_path, "[campaign.x]\nwrapup_limit = 5\n[campaign.gone]\n")
    new = read(
        tmp_path,
        "[campaign.x]\nwrapup_limit = 9\n[log]\nlevel = 'debug'\n[pool.default]\nratio = 2.0\n",
    )

    found = diff(old, new)

    assert isinstance(found, Reload)
    assert found.waiting == ()
    assert [str(change) for change in found.live] == [
        "log.level: 'info' -> 'debug'",
        "pool.default.ratio: 1.0 -> 2.0",
        "campaign.x.wrapup_limit: 5.0 -> 9.0",
        "campaign.gone: (set) -> not set",
    ]
    assert found.effective == new


def test_a_port_waits_for_a_restart_while_the_rest_goes_on(tmp_path: Path) -> None:
    old = read(tmp_path, TRUNK + "max_lines = 5\n")
    new = read(
        tmp_path,
        "[service]\nport = 9\n" + TRUNK + "max_lines = 7\nport = 5070\n[campaign.x]\n",
    )

    found = diff(old, new)

    assert isinstance(found, Reload)
    assert [change.key for change in found.waiting] == ["service.port", "trunk.a.port"]
    assert found.effective.service.port == 8080
    assert found.effective.trunk[0].port == 5060
    assert found.effective.trunk[0].max_lines == 7
    assert "x" in found.effective.campaign


def test_a_campaign_on_a_trunk_that_is_not_there_yet_is_refused_whole(tmp_path: Path) -> None:
    old = read(tmp_path, "[campaign.x]\n")
    new = read(tmp_path, TRUNK + "[campaign.x]\ntrunks = ['a']\nwrapup_limit = 1")

    assert diff(old, new) == "campaign x uses trunk a, which is there only after a restart"


def test_pools_come_and_campaigns_move_only_at_a_start(tmp_path: Path) -> None:
    old = read(tmp_path, "[campaign.x]\n[pool.default]\n")
    new = read(tmp_path, "[campaign.x]\npool = 'p'\nweight = 3\n[pool.p]\n[pool.default]\n")

    found = diff(old, new)

    assert isinstance(found, Reload)
    assert sorted(change.key for change in found.waiting) == ["campaign.x.pool", "pool.p"]
    assert found.effective.campaign["x"].pool == "default"
    assert found.effective.campaign["x"].weight == 3
    assert list(found.effective.pools) == ["default"]


def test_a_new_campaign_in_a_pool_that_is_not_there_yet_is_refused_whole(tmp_path: Path) -> None:
    old = read(tmp_path, "[campaign.x]\n")
    new = read(tmp_path, "[campaign.x]\n[campaign.y]\npool = 'p'\n[pool.p]\n")

    assert diff(old, new) == "campaign y is in pool p, which is there only after a restart"


def test_the_same_files_again_change_nothing(tmp_path: Path) -> None:
    text = TRUNK + "secret = 's3cret'\n[campaign.x]\n"

    found = diff(read(tmp_path, text), read(tmp_path, text))

    assert isinstance(found, Reload)
    assert found.changes == ()


def test_a_changed_secret_is_not_printed(tmp_path: Path) -> None:
    old = read(tmp_path, "[asterisk]\nami_secret = 'one'")
    new = read(tmp_path, "[asterisk]\nami_secret = 'two'")

    found = diff(old, new)

    assert isinstance(found, Reload)
    assert [str(change) for change in found.waiting] == [
        "asterisk.ami_secret: (secret) -> (secret)"
    ]


def test_a_change_is_told_once_when_the_file_has_settled(tmp_path: Path) -> None:
    settings = read(tmp_path, "[campaign.x]\n")
    watch = Watch(settings)
    assert not watch.changed(settings)

    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaigns/y.toml").write_text("")
    first = watch.changed(settings)
    (tmp_path / "dialer.toml").write_text("[campaign.x]\nwrapup_limit = 1\n")
    still_changing = watch.changed(settings)
    settled = watch.changed(settings)

    assert (first, still_changing, settled) == (False, False, True)
    assert not watch.changed(settings)


def test_an_older_file_put_in_place_is_a_change_too(tmp_path: Path) -> None:
    settings = read(tmp_path, "[campaign.x]\n")
    watch = Watch(settings)

    os.utime(tmp_path / "dialer.toml", (1, 1))

    assert [watch.changed(settings) for _ in range(3)] == [False, True, False]
