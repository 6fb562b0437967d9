"""Every key of pools and campaigns as data, in two languages."""

from __future__ import annotations

import json

import pytest

from dialer.settings import CampaignSettings, PoolSettings
from dialer.settings.keys import keys_of, values_of, written
from dialer.settings.words_zh import WORDS_ZH


@pytest.mark.parametrize("subject", ["pool", "campaign"])
def test_every_key_says_in_two_languages_what_it_is(subject) -> None:
    lacking = [key.key for key in keys_of(subject) if not (key.doc["en"] and key.doc["zh"])]

    assert lacking == []


def test_every_key_has_its_default_and_its_bounds() -> None:
    keys = {key.key: key for key in keys_of("campaign")}

    ring = keys["ring_timeout"]
    assert (ring.kind, ring.default, ring.least, ring.most) == ("number", 25.0, 5.0, 120.0)
    assert (keys["weight"].above, keys["weight"].least) == (0.0, None)
    assert keys["routing"].choices == ["longest_idle", "fewest_calls", "best_skill", "weighted"]
    assert (keys["trunks"].kind, keys["trunks"].items) == ("list", "text")
    assert (keys["calling.holidays"].may_lack, keys["calling.end"].default) == (True, "21:00")
    assert keys["recycle.busy.after_minutes"].default == 20.0
    assert (keys["abandon_windows"].items, keys["abandon_windows"].choices) == (
        "choice", ["day", "24h", "30d", "month"],
    )  # fmt: skip
    assert (keys["pool"].live, keys["message"].editable, keys["weight"].pacing) == (
        False, False, True,
    )  # fmt: skip
    json.dumps([key.default for key in keys.values()])


@pytest.mark.parametrize("section", [PoolSettings(max_lines=3), CampaignSettings(weight=2.0)])
def test_values_have_the_names_of_the_keys(section) -> None:
    subject = "pool" if isinstance(section, PoolSettings) else "campaign"
    values = values_of(section)

    assert list(values) == [key.key for key in keys_of(subject)]
    assert json.loads(json.dumps(values)) == values


def test_what_a_file_says_is_known_by_key() -> None:
    data = {"weight": 2, "calling": {"end": "20:00"}, "recycle": {"busy": {"up_to_attempts": 1}}}

    assert written(data, keys_of("campaign")) == {
        "weight", "calling.end", "recycle.busy.up_to_attempts",
    }  # fmt: skip


def test_chinese_words_are_of_keys_that_can_be() -> None:
    known = {f"{subject}.{key.key}" for subject in ("pool", "campaign") for key in keys_of(subject)}  # type: ignore[arg-type]
    coming = {"campaign.announce_listening", "campaign.transfer_numbers"}

    assert WORDS_ZH.keys() - known <= coming
