"""A change from a screen: in the file and in force, or neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialer.features.settings import reloading
from dialer.features.settings.changing import Changed, Faults, Wanted
from dialer.features.settings.ledger import FROM_FILE, Author, SettingsLedger
from dialer.features.settings.reloading import Reloader
from dialer.memory.store import InMemoryStore
from dialer.ports.clock import SystemClock
from dialer.ports.control import Refusal
from dialer.ports.steering import KeyChange
from dialer.ports.store import StoreError
from dialer.settings import Settings, load

ANNA = Author("anna", "quiet hour", "console")
TEXT = """\
# Ours
[pool.default]
ratio = 1.5  # tried in May
[campaign.spring]
weight = 1
"""


@pytest.fixture(autouse=True)
def _no_voices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloading, "message_or_default", lambda _settings, name: (name, ""))


class Place:
    """A folder with settings, and what was applied of them."""

    def __init__(self, folder: Path, text: str = TEXT) -> None:
        self.path = folder / "dialer.toml"
        self.path.write_text(text, encoding="utf-8")
        found = load(self.path, {})
        assert isinstance(found, Settings), str(found)
        self.store = InMemoryStore()
        self.ledger = SettingsLedger(self.store, SystemClock())
        self.applied: list[Settings] = []
        self.error: Exception | None = None
        self.reloader = Reloader(
            found, self.apply, keep=self.ledger.note, version_of=self.version_of
        )

    async def apply(self, settings: Settings, *_rest: object) -> None:
        if self.error is not None:
            raise self.error
        self.applied.append(settings)

    async def version_of(self, subject: str) -> int:
        latest = await self.store.settings_versions.latest(subject)
        return 0 if latest is None else latest.version

    async def start(self) -> None:
        await self.ledger.note(self.reloader.settings, FROM_FILE)

    async def change(self, subject: str = "pool/default", version: int | None = 1, **keys: object):
        changes = {key.replace("__", "."): value for key, value in keys.items()}
        return await self.reloader.change([Wanted(subject, changes, version)], ANNA)


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    await place.start()
    return place


async def test_a_change_is_in_the_file_in_force_and_among_the_versions(place: Place) -> None:
    outcome = await place.change(ratio=2.5, max_lines=40)

    assert isinstance(outcome, Changed)
    version = outcome.versions["pool/default"]
    assert (version.version, version.changed_by, version.origin) == (2, "anna", "console")
    assert version.because == "quiet hour"
    assert list(version.changes) == [
        KeyChange("ratio", 1.5, 2.5), KeyChange("max_lines", None, 40),
    ]  # fmt: skip
    assert place.path.read_text() == TEXT.replace(
        "ratio = 1.5  # tried in May", "ratio = 2.5  # tried in May\nmax_lines = 40"
    )
    assert place.reloader.settings.pools["default"].ratio == 2.5
    assert place.applied[-1].pools["default"].max_lines == 40


async def test_both_a_pool_and_a_campaign_change_at_once(place: Place) -> None:
    outcome = await place.reloader.change(
        [Wanted("pool/default", {"ratio": 2}), Wanted("campaign/spring", {"weight": 3})], ANNA
    )

    assert isinstance(outcome, Changed)
    assert sorted(outcome.versions) == ["campaign/spring", "pool/default"]
    assert place.path.read_text().count("\n") == TEXT.count("\n")


async def test_a_campaign_with_a_file_of_its_own_is_changed_there(tmp_path: Path) -> None:
    (tmp_path / "campaigns").mkdir()
    own = tmp_path / "campaigns" / "autumn.toml"
    own.write_text("# autumn\n[calling]\nend = '20:00'\n")
    place = Place(tmp_path)

    outcome = await place.change("campaign/autumn", None, calling__end="19:00", weight=2)

    assert isinstance(outcome, Changed)
    assert own.read_text() == '# autumn\nweight = 2\n[calling]\nend = "19:00"\n'
    assert place.path.read_text() == TEXT


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ({"ratio": -1}, "pool.default.ratio: must be at least 0, not -1"),
        ({"ratio": "2"}, "pool.default.ratio: must be a number, not '2'"),
        ({"rtio": 2}, "rtio: there is no such key (did you mean 'ratio'?)"),
        ({"seed": 2}, "seed: there is no such key"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_changes(
    place: Place, keys: dict[str, object], complaint: str
) -> None:
    before = place.reloader.settings

    outcome = await place.change(**keys)

    assert isinstance(outcome, Faults)
    assert outcome.all[0].startswith(complaint)
    assert place.path.read_text() == TEXT
    assert place.reloader.settings is before
    assert place.applied == []


async def test_a_key_that_names_a_file_of_the_server_is_for_the_file_alone(place: Place) -> None:
    outcome = await place.change("campaign/spring", message="/etc/passwd")

    assert isinstance(outcome, Faults)
    assert "only the settings file says it" in outcome.all[0]


def slug(outcome: object) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.slug


async def test_who_looked_at_an_old_version_looks_again(place: Place) -> None:
    await place.change(ratio=2)

    assert slug(await place.change(ratio=3)) == "stale"
    assert place.reloader.settings.pools["default"].ratio == 2


async def test_a_file_changed_by_hand_a_moment_ago_is_not_written_over(place: Place) -> None:
    place.path.write_text(TEXT.replace("1.5", "9"))

    assert slug(await place.change(ratio=2)) == "settings-file-changed"
    assert "ratio = 9" in place.path.read_text()


async def test_a_file_that_a_person_is_in_the_middle_of_is_left_alone(place: Place) -> None:
    place.path.write_text(TEXT + "[pool")

    assert slug(await place.change(ratio=2)) == "invalid-settings-file"


async def test_a_read_only_file_is_a_clear_refusal(place: Place) -> None:
    place.path.chmod(0o444)

    outcome = await place.change(ratio=2)

    assert slug(outcome) == "read-only-settings-file"
    assert place.path.read_text() == TEXT


async def test_a_service_without_a_settings_file_says_what_to_do(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.reloader.settings = Settings()

    assert slug(await place.change(version=None, ratio=2)) == "no-settings-file"


@pytest.mark.parametrize("error", [ValueError("no pacer takes this"), StoreError("down")])
async def test_what_the_engine_does_not_take_leaves_the_file_as_it_was(
    place: Place, error: Exception
) -> None:
    place.error = error

    outcome = await place.change(ratio=2)

    assert isinstance(outcome, Refusal)
    assert outcome.message == str(error)
    assert place.path.read_text() == TEXT
    assert place.reloader.settings.pools["default"].ratio == 1.5


async def test_owner_mode_and_links_of_the_file_stay(place: Place, tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    place.path.rename(real)
    real.chmod(0o640)
    place.path.symlink_to(real)

    assert isinstance(await place.change(ratio=2), Changed)
    assert place.path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "ratio = 2" in real.read_text()


async def test_a_move_to_another_pool_waits_for_a_restart(tmp_path: Path) -> None:
    place = Place(tmp_path, TEXT + "[pool.night]\n")

    outcome = await place.change("campaign/spring", None, pool="night")

    assert isinstance(outcome, Changed)
    assert outcome.waiting == ["campaign.spring.pool: 'default' -> 'night'"]


async def test_a_change_by_hand_becomes_a_version_too(place: Place) -> None:
    place.path.write_text(TEXT.replace("1.5", "4"))

    await place.reloader.reload()

    latest = await place.store.settings_versions.latest("pool/default")
    assert latest is not None
    assert (latest.version, latest.origin, latest.changed_by) == (2, "file", "settings")


async def test_the_effect_of_a_change_is_told_without_changing_anything(place: Place) -> None:
    found = await place.reloader.effect_of([Wanted("pool/default", {"ratio": 7})])

    assert isinstance(found, Settings)
    assert found.pools["default"].ratio == 7
    assert place.path.read_text() == TEXT
