"""Schedules start and pause once at each boundary; by hand it can be otherwise until the next."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from dialer.features.campaigns.schedules import Schedules, shown
from dialer.memory.store import InMemoryStore
from dialer.ports.control import Refusal, Scheduled
from dialer.ports.store import Campaign
from dialer.settings import CampaignSettings, Settings
from dialer.settings.schedule import ScheduleSettings
from dialer.words import CampaignState
from dialer.zonedata import zone_named

WORKDAY = ScheduleSettings(timezone="Europe/Berlin", weekdays={"mon": ("9:00-12:00",)})


def at(text: str) -> float:
    return (
        datetime.fromisoformat(f"2026-11-23T{text}")
        .replace(tzinfo=zone_named("Europe/Berlin"))
        .timestamp()
    )


class Hands:
    """A clock that is set by hand."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


class Place:
    """One campaign with a schedule on a Monday."""

    def __init__(self) -> None:
        self.clock = Hands(at("08:00"))
        self.store = InMemoryStore()
        self.schedule = WORKDAY
        self.campaign: Campaign
        self.orders: list[str] = []
        self.rows: dict[str, Scheduled] = {}
        self.refusal: Refusal | None = None

    async def open(self) -> Schedules:
        found = await self.store.campaigns.by_name("spring")
        self.campaign = found or await self.store.campaigns.create(
            "spring", pool="default", settings={}, now=1.0, who="test"
        )
        return Schedules(
            self.store,
            self.clock,
            lambda: Settings(campaign={"spring": CampaignSettings(schedule=self.schedule)}),
            lambda: {"spring": self.campaign},
            {"start": self.start, "pause": self.pause},
            machine_zone="UTC",
            show=self.show,
        )

    async def start(self, name: str) -> Refusal | None:
        return self.order("start", CampaignState.RUNNING)

    async def pause(self, name: str) -> Refusal | None:
        return self.order("pause", CampaignState.PAUSED)

    def order(self, what: str, state: CampaignState) -> Refusal | None:
        if self.refusal is None:
            self.orders.append(what)
            self.campaign = replace(self.campaign, state=state)
        return self.refusal

    def by_hand(self, state: CampaignState) -> None:
        self.campaign = replace(self.campaign, state=state)

    def show(self, rows: dict[str, Scheduled]) -> None:
        self.rows = rows


@pytest.fixture
def place() -> Place:
    return Place()


async def go(place: Place, schedules: Schedules, text: str) -> None:
    place.clock.at = at(text)
    await schedules.look()


async def test_it_starts_and_pauses_at_its_times_and_says_what_comes_next(place: Place) -> None:
    schedules = await place.open()
    await go(place, schedules, "08:00")
    assert place.rows == {"spring": Scheduled(at("09:00"), "start", False)}
    await go(place, schedules, "09:00")
    await go(place, schedules, "09:01")
    assert place.rows == {"spring": Scheduled(at("12:00"), "pause", False)}
    await go(place, schedules, "12:00")

    assert place.orders == ["start", "pause"]
    noted = [(it.who, it.what) for it in await place.store.audit.list(subject="spring")]
    assert noted == [("schedule", "campaign.pause"), ("schedule", "campaign.start")]


async def test_by_hand_holds_until_the_next_boundary_and_is_shown(place: Place) -> None:
    schedules = await place.open()
    await go(place, schedules, "09:00")
    place.by_hand(CampaignState.STOPPED)
    await go(place, schedules, "10:00")
    assert place.orders == ["start"]
    assert place.rows["spring"].overridden
    place.by_hand(CampaignState.RUNNING)
    await go(place, schedules, "11:59")
    assert not place.rows["spring"].overridden
    await go(place, schedules, "12:00")
    place.by_hand(CampaignState.RUNNING)
    await go(place, schedules, "13:00")
    assert place.rows["spring"] == Scheduled(at("09:00") + 7 * 86_400, "start", True)
    assert place.orders == ["start", "pause"]


async def test_a_boundary_that_was_slept_through_is_made_up_for(place: Place) -> None:
    await go(place, await place.open(), "08:00")
    await go(place, await place.open(), "09:30")

    assert place.orders == ["start"]


async def test_a_restart_between_boundaries_changes_nothing(place: Place) -> None:
    await go(place, await place.open(), "09:00")
    place.by_hand(CampaignState.PAUSED)
    await go(place, await place.open(), "10:00")

    assert place.orders == ["start"]


async def test_a_changed_schedule_is_followed_at_once(place: Place) -> None:
    schedules = await place.open()
    await go(place, schedules, "09:00")
    place.schedule = WORKDAY.model_copy(update={"weekdays": {"mon": ("13:00-14:00",)}})
    await go(place, schedules, "09:30")
    place.schedule = WORKDAY.model_copy(update={"on": False})
    await go(place, schedules, "13:30")

    assert place.orders == ["start", "pause"]
    assert place.rows == {}


async def test_a_refused_order_is_tried_again(place: Place) -> None:
    schedules = await place.open()
    place.refusal = Refusal("store-failed", "down")
    await go(place, schedules, "09:00")
    place.refusal = None
    await go(place, schedules, "09:01")

    assert place.orders == ["start"]


def test_a_campaign_without_windows_has_nothing_to_show() -> None:
    assert shown(ScheduleSettings(), True, 0.0, "UTC") is None


async def test_what_was_done_while_the_clock_was_ahead_is_undone(place: Place) -> None:
    """It paused at noon three hours early; when the clock is put right it goes on."""
    schedules = await place.open()
    await go(place, schedules, "12:00")
    assert place.orders == []
    place.by_hand(CampaignState.RUNNING)
    await go(place, schedules, "09:30")

    assert place.orders == []
    place.by_hand(CampaignState.PAUSED)
    await go(place, schedules, "12:00")
    await go(place, schedules, "09:31")
    assert place.orders == ["start"]
