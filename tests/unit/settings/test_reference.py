"""The commented example and the configuration page say what the program does."""

from __future__ import annotations

import tomllib
from pathlib import Path

from dialer.settings import CampaignSettings, PoolSettings, Settings, load
from dialer.settings.reference import example, page, uncommented

ROOT = Path(__file__).parents[3]


def test_the_example_file_is_as_the_settings_describe_themselves() -> None:
    assert (ROOT / "config/dialer.toml").read_text(encoding="utf-8") == example()


def test_the_configuration_page_has_the_tables_of_today() -> None:
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")

    assert text == page(text)


def test_the_example_as_it_stands_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "dialer.toml"
    path.write_text(example(), encoding="utf-8")

    found = load(path, {})

    assert isinstance(found, Settings), str(found)
    defaults = Settings().model_dump()
    defaults["pool"] = {"default": PoolSettings().model_dump()}
    found_now = found.model_dump()
    found_now["service"]["campaign_dir"] = defaults["service"]["campaign_dir"]
    assert found_now == defaults


def test_the_example_with_every_key_in_force_is_valid_and_still_the_defaults(
    tmp_path: Path,
) -> None:
    path = tmp_path / "dialer.toml"
    path.write_text(uncommented(example()), encoding="utf-8")

    found = load(path, {})

    assert isinstance(found, Settings), str(found)
    assert found.pool["default"] == PoolSettings()
    campaign = found.campaign["example"]
    assert campaign.model_copy(update={"dispositions": {}}) == CampaignSettings()
    assert found.asterisk == Settings().asterisk
    assert found.log == Settings().log


def test_the_example_names_every_key_there_is() -> None:
    data = tomllib.loads(uncommented(example()))

    assert set(data) == {n for n, f in Settings.model_fields.items() if not f.exclude}
    assert set(data["campaign"]["example"]) == set(CampaignSettings.model_fields)
    assert set(data["pool"]["default"]) == set(PoolSettings.model_fields)


def test_the_campaign_examples_are_valid(tmp_path: Path) -> None:
    folder = tmp_path / "campaigns"
    folder.mkdir()
    for path in (ROOT / "config/campaigns").glob("*.toml"):
        (folder / path.name).write_bytes(path.read_bytes())
    (tmp_path / "dialer.toml").touch()

    found = load(tmp_path / "dialer.toml", {})

    assert isinstance(found, Settings), str(found)
    assert {campaign.language for campaign in found.campaign.values()} == {"en", "zh"}
