"""A reload gives the engine a whole new plan, or leaves everything as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dialer.compliance.rules import CallingRules
from dialer.engine.plans import EnginePlan
from dialer.features.settings import reloading
from dialer.features.settings.changing import Changed, Wanted
from dialer.features.settings.ledger import FROM_FILE, Author
from dialer.features.settings.plan import engine_plan
from dialer.features.settings.reloading import Reloader
from dialer.features.settings.rulebook import Rulebook, Rules, rules_of
from dialer.leads.recycle import RecycleRules
from dialer.ports.control import Refusal
from dialer.ports.steering import SettingsChange
from dialer.ports.store import StoreError
from dialer.service.upkeep import take_what_is_owed
from dialer.settings import Settings, load
from dialer.settings.changes import Reloaded
from dialer.tasks import spawn, stop
from tests.kit.eventually import eventually


def read(folder: Path, text: str) -> Settings:
    path = folder / "dialer.toml"
    path.write_text(text, encoding="utf-8")
    found = load(path, {})
    assert isinstance(found, Settings), str(found)
    return found


class Applied:
    """What was given to the engine, in order."""

    def __init__(self) -> None:
        self.plans: list[EnginePlan] = []
        self.rules: list[Mapping[str, Rules]] = []

    async def __call__(
        self, settings: Settings, plan: EnginePlan, rules: Mapping[str, Rules]
    ) -> None:
        self.plans.append(plan)
        self.rules.append(rules)


@pytest.fixture(autouse=True)
def _no_voices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloading, "message_or_default", lambda _settings, name: (name, ""))


async def test_a_good_change_is_applied_as_one_plan(tmp_path: Path) -> None:
    applied = Applied()
    reloader = Reloader(read(tmp_path, "[campaign.x]\n"), applied)
    read(tmp_path, "[campaign.x]\nweight = 2\ncalling.end = '20:00'\n[campaign.y]\n")

    outcome = await reloader.reload()

    assert outcome == Reloaded(
        ["campaign.x.weight: 1.0 -> 2.0", "campaign.x.calling: (set) -> (set)",
         "campaign.y: not set -> (set)"]
    )  # fmt: skip
    (plan,) = applied.plans
    assert [campaign.rules.weight for campaign in plan.campaigns] == [2.0, 1.0]
    assert applied.rules[0]["x"][0].end == "20:00"
    assert reloader.settings.campaign["x"].weight == 2


async def test_a_bad_change_is_refused_with_every_fault_and_nothing_is_applied(
    tmp_path: Path,
) -> None:
    applied = Applied()
    before = read(tmp_path, "[campaign.x]\n")
    reloader = Reloader(before, applied)
    (tmp_path / "dialer.toml").write_text("[campaign.x]\nweight = 0\nrouting = 'any'\n")

    outcome = await reloader.reload()

    assert isinstance(outcome, Refusal)
    assert outcome.slug == "invalid-settings"
    assert "weight: must be greater than 0" in outcome.message
    assert "routing: must be one of" in outcome.message
    assert applied.plans == []
    assert reloader.settings is before


async def test_what_waits_is_told_again_until_the_restart(tmp_path: Path) -> None:
    applied = Applied()
    reloader = Reloader(read(tmp_path, "[campaign.x]\n"), applied)
    read(tmp_path, "[service]\nport = 9\n[campaign.x]\nweight = 2\n")

    first, second = await reloader.reload(), await reloader.reload()

    waiting = ["service.port: 8080 -> 9"]
    assert first == Reloaded(["campaign.x.weight: 1.0 -> 2.0"], waiting)
    assert second == Reloaded([], waiting)
    assert reloader.settings.service.port == 8080


async def test_half_a_change_is_none(tmp_path: Path) -> None:
    applied = Applied()
    reloader = Reloader(read(tmp_path, "[campaign.x]\n"), applied)
    read(
        tmp_path,
        "[[trunk]]\nname='t'\nhost='h'\n[campaign.x]\ntrunks=['t']\nweight = 2\n",
    )

    outcome = await reloader.reload()

    assert isinstance(outcome, Refusal)
    assert outcome.slug == "needs-restart"
    assert applied.plans == []


def test_the_plan_carries_what_the_settings_say(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        "[[trunk]]\nname='t'\nhost='h'\nmax_lines=5\ncalls_per_second=2.5\n"
        "caller_ids=['+493012345678']\n"
        "[campaign.x]\nlanguage='zh'\nrecording=false\namd=true\n[pool.default]\nmax_lines=9\n",
    )

    plan = engine_plan(settings, lambda name: f"/sounds/{name}")

    (campaign,) = plan.campaigns
    assert (campaign.trunks, campaign.caller_ids) == (("t",), ("+493012345678",))
    assert (campaign.language, campaign.message) == ("zh", "/sounds/x")
    assert (campaign.record, campaign.detect_machines) == (False, True)
    assert plan.trunks[0].max_lines == 5
    assert plan.trunks[0].calls_per_second == 2.5
    assert plan.pools[0].rules.max_lines == 9


def test_rules_are_found_by_a_campaigns_id(tmp_path: Path) -> None:
    settings = read(tmp_path, "[campaign.x.calling]\nmax_per_day = 1\n")
    book = Rulebook()

    book.replace(rules_of(settings), {"x": "ID"})

    assert book.calling("ID") == CallingRules(max_per_day=1)
    assert book.recycle("ID") == RecycleRules()


def test_a_campaign_without_rules_calls_nobody_and_ends_its_calls(tmp_path: Path) -> None:
    book = Rulebook()

    with pytest.raises(KeyError):
        book.calling("gone")
    assert book.recycle("gone") == RecycleRules()


def test_rules_that_were_only_tried_are_forgotten(tmp_path: Path) -> None:
    old, new = (
        rules_of(read(tmp_path, f"[campaign.x.calling]\nmax_per_day = {n}\n")) for n in (1, 2)
    )
    book = Rulebook()
    book.replace(old, {"x": "ID"})

    def fail() -> None:
        with book.trying(new, {"x": "ID"}):
            seen.append(book.calling("ID").max_per_day)
            raise ValueError("no")

    seen: list[int] = []
    with pytest.raises(ValueError, match="no"):
        fail()

    assert seen == [2]
    assert book.calling("ID").max_per_day == 1


@pytest.mark.parametrize("error", [ValueError("no pacer takes this"), StoreError("down")])
async def test_what_the_engine_does_not_take_is_refused(tmp_path: Path, error: Exception) -> None:
    async def refuse(*_: object) -> None:
        raise error

    before = read(tmp_path, "[campaign.x]\n")
    reloader = Reloader(before, refuse)
    read(tmp_path, "[campaign.x]\nweight = 2\n")

    outcome = await reloader.reload()

    assert isinstance(outcome, Refusal)
    assert outcome.message == str(error)
    assert reloader.settings is before


async def test_what_was_saved_while_the_store_was_away_is_taken_when_it_is_back(
    tmp_path: Path,
) -> None:
    applied, is_away = Applied(), True

    async def apply(settings: Settings, plan: EnginePlan, rules: Mapping[str, Rules]) -> None:
        if is_away:
            raise StoreError("down")
        await applied(settings, plan, rules)

    reloader = Reloader(read(tmp_path, "[campaign.x]\n"), apply)
    read(tmp_path, "[campaign.x]\nweight = 2\n")
    assert isinstance(await reloader.reload(), Refusal)
    taking = spawn(take_what_is_owed(reloader, every_s=0.001), name="owed")
    try:
        assert reloader.is_owed
        is_away = False
        await eventually(lambda: not reloader.is_owed)
    finally:
        await stop(taking)

    assert [plan.campaigns[0].rules.weight for plan in applied.plans] == [2.0]


async def test_a_change_that_could_not_be_kept_is_kept_later_as_whose_it_was(
    tmp_path: Path,
) -> None:
    kept: list[Author] = []
    is_away = True

    async def keep(_settings: Settings, author: Author) -> dict[str, SettingsChange]:
        if is_away:
            raise StoreError("down")
        kept.append(author)
        return {}

    reloader = Reloader(read(tmp_path, "[campaign.x]\n"), Applied(), keep=keep)
    ann = Author("ann", "fewer calls", "console")
    outcome = await reloader.change([Wanted("campaign/x", {"weight": 2.0})], ann)
    assert isinstance(outcome, Changed), "it is in force"
    assert reloader.is_owed
    is_away = False
    await reloader.reload()
    await reloader.reload()

    assert kept == [ann, FROM_FILE]
