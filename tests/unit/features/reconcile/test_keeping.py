"""A day is looked at, and looked at again: on real files, in a store in memory."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from dialer.features.reconcile.keeping import Reconciler
from dialer.features.reconcile.looking import Place
from dialer.features.reconcile.nightly import due
from dialer.features.reconcile.saying import in_english
from dialer.features.reconcile.service import settled
from dialer.features.reconcile.store import DIFFERENCES
from dialer.features.roles.rules import machine_grant
from dialer.ids import new_ids
from dialer.kit.doer import Doer
from dialer.kit.errors import Refused
from dialer.kit.records.service import Keeper
from dialer.memory.store import InMemoryStore
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import (
    ClosedAttempt,
    LeadNext,
    LeadNumber,
    NewAttempt,
    NewLead,
    Recording,
)
from dialer.words import LeadState, RecordingState

DAY = date(2027, 1, 15)
START = datetime(2027, 1, 15, 9, tzinfo=UTC).timestamp()
NOW = START + 86_400.0
CALLS = new_ids(4)


class Site:
    """Three calls with recordings, and a folder of a node."""

    def __init__(self, folder: Path) -> None:
        self.store, self.folder = InMemoryStore(), folder
        self.ledger = folder / "dialer.csv"
        place = Place(node="one", ledger=self.ledger, recordings=folder / "recordings")
        self.reconciler = Reconciler(self.store, lambda: place, lambda: NOW)

    async def look(self) -> list[str]:
        """Of each difference its kind and call."""
        found = (await self.reconciler.look(DAY, "anna")).differences
        return sorted(f"{it.kind} {CALLS.index(it.attempt)}" for it in found)

    async def fill(self) -> None:
        campaign = await self.store.campaigns.create(
            "spring", pool="sales", settings={}, now=NOW, who="ops"
        )
        for n, attempt in enumerate(CALLS[:3]):
            lead = NewLead(numbers=[LeadNumber(f"+49301234567{n}")])
            added = await self.store.leads.add(campaign.id, [lead], now=START)
            await self._call(attempt, campaign.id, added.lead_ids[0], START + 60 * n)

    async def _call(self, attempt: str, campaign: str, lead: str, at: float) -> None:
        new = NewAttempt(
            attempt_id=attempt, campaign_id=campaign, lead_id=lead, number="+493012345678",
            caller_id="", trunk="main", node="one", placed_at=at,
        )  # fmt: skip
        await self.store.leads.claim_one(lead, now=at, claim_id="c")
        await self.store.attempts.open([new])
        closed = ClosedAttempt(
            attempt_id=attempt, outcome="connected", ringing_at=at + 1, answered_at=at + 5,
            connected_at=at + 5.1, ended_at=at + 35, agent="anna", answered_by="human",
            recording=attempt, hangup_cause=16, lead=LeadNext(LeadState.DONE),
        )  # fmt: skip
        await self.store.attempts.close([closed])
        self.row(attempt, at)
        await self.store.recordings.add(self.recording(attempt))

    def row(self, attempt: str, at: float) -> None:
        with self.ledger.open("a") as file:
            file.write(
                f'"{attempt}",{at:.6f},{at + 5:.6f},{at + 35:.6f},35.0,30.0,ANSWERED,16,'
                f'"leg-01-anna",{at + 5.1:.6f},\n'
            )

    def recording(self, attempt: str) -> Recording:
        """No sound at all, but a file with a size and a checksum."""
        path = f"2027-01-15/spring/{attempt}.flac"
        file = self.folder / "recordings" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(attempt.encode())
        return Recording(
            id=attempt, attempt_id=attempt, path=path, state=RecordingState.READY,
            created_at=START, seconds=30.0, bytes=26, codec="flac",
            sha256=hashlib.sha256(attempt.encode()).hexdigest(),
        )  # fmt: skip


@pytest.fixture
async def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    await made.fill()
    return made


def old(path: Path) -> None:
    os.utime(path, (START, START))


async def test_a_day_on_which_all_agree_is_noted_as_looked_at(site: Site) -> None:
    looked = await site.reconciler.look(DAY, "anna")

    assert looked.differences == []
    check = looked.check
    assert (check.calls, check.rows, check.files, check.found) == (3, 3, 3, 0)
    assert await site.reconciler.checked(DAY) == {DAY}


async def test_losses_on_every_side_are_found_on_real_files(site: Site) -> None:
    names = [site.folder / f"recordings/2027-01-15/spring/{it}.flac" for it in CALLS]
    names[0].unlink()
    names[1].write_bytes(b"another sound, as it were!")
    names[3].write_bytes(b"whose is this?")
    old(names[3])
    site.row(CALLS[3], START + 500)
    with site.ledger.open("a") as ledger:
        ledger.write('"of-another-program",1800000000.0,,1800000001.0,1,0,NO ANSWER,,"",,\n')

    assert await site.look() == [
        "no_record 3",
        "recording_checksum 1",
        "recording_missing 0",
        "recording_unnamed 3",
    ]
    assert await site.reconciler.open() == {
        "no_record": 1, "recording_checksum": 1, "recording_missing": 1, "recording_unnamed": 1,
    }  # fmt: skip


async def test_every_difference_has_its_story_without_the_whole_number(site: Site) -> None:
    (site.folder / f"recordings/2027-01-15/spring/{CALLS[0]}.flac").unlink()
    (it,) = (await site.reconciler.look(DAY, "anna")).differences

    assert (it.campaign, it.number, it.placed_at) == ("spring", "***678", START)
    assert it.noted is not None
    assert it.noted.bytes == 26
    assert in_english(it).startswith("the recording is not on disk; noted: 2027-01-15/spring/")


async def test_what_agrees_again_is_put_away_and_comes_back_when_it_is_lost_again(
    site: Site,
) -> None:
    file = site.folder / f"recordings/2027-01-15/spring/{CALLS[0]}.flac"
    for _ in range(2):
        file.unlink()
        assert await site.look() == ["recording_missing 0"]
        assert await site.look() == ["recording_missing 0"], "kept once"
        site.recording(CALLS[0])
        assert await site.look() == []
    assert await site.reconciler.open() == {}


async def test_what_somebody_has_settled_is_not_told_again(site: Site) -> None:
    (site.folder / f"recordings/2027-01-15/spring/{CALLS[0]}.flac").unlink()
    (it,) = (await site.reconciler.look(DAY, "anna")).differences
    doer = Doer(site.store, machine_grant(), lambda: NOW)
    keeper = Keeper(DIFFERENCES, doer, EVERYTHING)

    done = await settled(keeper, it.id, it.version, "the disk of March was lost")
    assert (done.settled, done.archived_at) == ("known", NOW)
    assert await site.look() == []
    with pytest.raises(Refused, match="settled already"):
        await settled(keeper, it.id, done.version, "again")


async def test_without_a_ledger_or_a_folder_the_other_side_is_looked_at(tmp_path: Path) -> None:
    place = Place(node="one", ledger=None, recordings=tmp_path / "none")
    looked = await Reconciler(InMemoryStore(), lambda: place, lambda: NOW).look(DAY, "anna")

    assert (looked.check.rows, looked.check.files) == (None, 0)


# --- when -----------------------------------------------------------------------------------------

NIGHT = datetime(2027, 1, 17, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "days"),
    [
        (1, [11, 12, 13, 14, 15]),  # the last day is over for an hour only
        (2, [11, 12, 13, 14, 15, 16]),
        (9, [11, 12, 13, 14]),  # by day only what was missed
        (15, [11, 12, 13, 14, 15]),
    ],
)
def test_a_day_is_looked_at_in_the_night_after_it_and_what_was_missed_at_any_hour(
    hour: int, days: list[int]
) -> None:
    now = NIGHT.replace(hour=hour)

    assert due({date(2027, 1, 10)}, now) == [date(2027, 1, day) for day in days]


def test_the_night_is_that_of_the_machine() -> None:
    checked = {NIGHT.date() - timedelta(days=back) for back in range(2, 9)}
    in_china = timezone(timedelta(hours=8))

    assert due(checked, NIGHT.astimezone(in_china)) == [], "ten in the morning"
    later = NIGHT + timedelta(hours=16)  # two at night there
    assert due(checked, later.astimezone(in_china)) == [date(2027, 1, 16)]
