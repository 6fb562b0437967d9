"""Files of closed days, kept up with a real store, whoever dies in between."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dialer.features.figures.keeping import FactKeeper, FactsError
from dialer.features.figures.messages import Job
from dialer.features.figures.reports import AT_ONCE, Reports
from dialer.ports.store import (
    Campaign,
    ClosedAttempt,
    LeadNext,
    LeadNumber,
    LeadState,
    NewAttempt,
    NewLead,
)
from dialer.store import open_store
from dialer.store.sql_store import SqlStore
from dialer.words import DispositionGroup
from figures.base import FigureBase
from figures.behind import Behind
from figures.of_calls import EFFECTIVE_MS
from figures.question import Question

TODAY = 20_700
DAYS = 3
NOW = TODAY * 86_400.0 + 43_200


def question(*figures: str, by: tuple[str, ...] = ()) -> Question:
    first = date(1970, 1, 1) + timedelta(days=TODAY - DAYS)
    return Question(
        figures=figures, by=by, begin=first, end=first + timedelta(days=DAYS + 1), zone="UTC"
    )


class Site:
    """A store with calls, and what keeps its files."""

    def __init__(self, folder: Path, store: SqlStore, campaign: Campaign) -> None:
        self.folder, self.store, self.campaign = folder / "facts", store, campaign
        self.folder.mkdir(exist_ok=True)
        self.made = 0
        self.reopen()

    def reopen(self) -> None:
        """A builder that has just been started."""
        self.base = FigureBase(self.folder)
        self.keeper = FactKeeper(self.store.facts, self.base, self.folder)

    async def call(self, placed: float, outcome: str = "connected", **told: float) -> str:
        self.made += 1
        number = f"+8613800{self.made:06}"
        new = NewLead(numbers=[LeadNumber(number, "mobile")], list_name="l")
        await self.store.leads.add(self.campaign.id, [new], now=NOW)
        (lead,) = await self.store.leads.claim(self.campaign.id, 1, now=NOW, claim_id="C")
        attempt = NewAttempt(
            attempt_id=f"A{self.made:06}",
            campaign_id=self.campaign.id,
            lead_id=lead.id,
            number=number,
            caller_id="",
            trunk="t",
            node="n",
            placed_at=placed,
        )
        await self.store.attempts.open([attempt])
        closed = ClosedAttempt(
            attempt_id=attempt.attempt_id,
            ended_at=placed + 60,
            outcome=outcome,  # type: ignore[arg-type]
            lead=LeadNext(LeadState.DONE),
            **told,
        )
        await self.store.attempts.close([closed])
        return attempt.attempt_id

    async def word(
        self, attempt: str, disposition: str, group: DispositionGroup | None = None
    ) -> None:
        await self.store.attempts.wrapup(
            attempt, wrapup_seconds=1, disposition=disposition, group=group
        )

    async def counts(self) -> dict[str, int]:
        """Dials by disposition, as the keeper answers."""
        found = await self.keeper.answer(question("dials", by=("disposition",)), TODAY)
        return {
            str(line.keys[0]): int(line.cells[0].value or 0) for line in found.lines if line.keys
        }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("figures") / "empty.db"

    async def make() -> None:
        store = await open_store(f"sqlite:///{path}")
        await store.close()

    asyncio.run(make())
    return path


async def open_site(folder: Path, template: Path) -> Site:
    shutil.copy(template, folder / "dialer.db")
    store = await open_store(f"sqlite:///{folder}/dialer.db", migrate=False)
    campaign = await store.campaigns.create("spring", pool="p", settings={}, now=NOW, who="t")
    return Site(folder, store, campaign)


@pytest.fixture
async def site(tmp_path: Path, template: Path) -> AsyncIterator[Site]:
    found = await open_site(tmp_path, template)
    yield found
    found.base.close()
    await found.store.close()


async def test_closed_days_are_filed_and_today_is_not(site: Site) -> None:
    for days in (0, 1, 2):
        await site.call(NOW - days * 86_400)

    assert await site.counts() == {"None": 3}
    assert sorted(path.name[:16] for path in site.folder.glob("*.parquet")) == [
        f"calls-{datetime.fromtimestamp(NOW - d * 86_400, UTC).date()}" for d in (2, 1)
    ]


async def test_a_sale_that_is_corrected_days_later_counts_no_more(site: Site) -> None:
    attempt = await site.call(NOW - 86_400, connected_at=NOW - 86_395, talk_seconds=55.0)
    await site.word(attempt, "sold", "sale")
    sales = question("sales_calls")

    async def count() -> float | None:
        (line,) = (await site.keeper.answer(sales, TODAY)).lines
        return line.cells[0].value

    assert await count() == 1
    await site.word(attempt, "not_interested", "contact")
    assert await count() == 0


async def test_a_result_given_days_later_is_in_the_next_answer(site: Site) -> None:
    attempt = await site.call(NOW - 86_400)
    assert await site.counts() == {"None": 1}
    await site.word(attempt, "sold")

    assert await site.counts() == {"sold": 1}


async def test_a_damaged_file_is_written_anew_and_the_answer_is_right(site: Site) -> None:
    await site.call(NOW - 86_400)
    await site.counts()
    (path,) = site.folder.glob("*.parquet")
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 4
    path.write_bytes(data)

    assert await site.counts() == {"None": 1}
    assert len(list(site.folder.glob("*.parquet"))) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
async def test_a_folder_that_cannot_be_written_costs_nothing_but_time(site: Site) -> None:
    await site.call(NOW - 86_400)
    site.folder.chmod(0o500)
    try:
        assert await site.counts() == {"None": 1}
    finally:
        site.folder.chmod(0o700)


async def test_the_calls_behind_a_number_are_those_of_files_and_of_today(site: Site) -> None:
    made = [await site.call(NOW - days * 86_400, "busy") for days in (0, 1, 2)]
    await site.call(NOW, "failed")
    asked = Behind(
        question=question("dials", by=("outcome", "day")), figure="dials", keys=("busy",), limit=2
    )
    first = await site.keeper.behind(asked, TODAY)
    rest = await site.keeper.behind(replace(asked, below=first.next), TODAY)

    assert (first.count, first.total, rest.next) == (3, 3, None)
    assert [row[-1] for row in (*first.rows, *rest.rows)] == made


async def test_a_folder_that_is_gone_costs_nothing_but_time(site: Site) -> None:
    await site.call(NOW - 86_400)
    site.folder.rmdir()

    assert await site.counts() == {"None": 1}


async def test_files_can_be_forgotten_and_are_the_same_again(site: Site) -> None:
    attempt = await site.call(NOW - 86_400)
    await site.word(attempt, "sold")
    before = await site.counts()
    await site.keeper.forget()

    assert await site.counts() == before


async def test_only_files_that_nobody_reads_are_removed(site: Site) -> None:
    attempt = await site.call(NOW - 86_400)
    await site.counts()
    await site.word(attempt, "sold")
    await site.counts()
    assert await site.keeper.tidy() == 0
    for path in site.folder.glob("*.parquet"):
        os.utime(path, (0, 0))

    assert await site.keeper.tidy() == 1
    assert await site.counts() == {"sold": 1}


class Killed(BaseException):
    """Stands for a process that ends between two steps."""


STEPS = ("read_day", "write", "keep", "kept")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    story=st.lists(
        st.tuples(st.sampled_from(["call", "word", "ask", *STEPS]), st.integers(0, DAYS - 1)),
        min_size=1,
        max_size=14,
    )
)
def test_whenever_a_builder_dies_the_next_answer_is_that_of_the_store(
    template: Path, tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, int]]
) -> None:
    asyncio.run(play(tmp_path_factory.mktemp("story"), template, story))


async def play(folder: Path, template: Path, story: list[tuple[str, int]]) -> None:
    site = await open_site(folder, template)
    expected: dict[str, str] = {}
    try:
        for what, days in story:
            if what == "call":
                expected[await site.call(NOW - days * 86_400)] = "None"
            elif what == "word" and expected:
                attempt = sorted(expected)[days % len(expected)]
                expected[attempt] = f"said{days}"
                await site.word(attempt, expected[attempt])
            elif what in STEPS:
                await killed_at(site, what)
            said = list(expected.values())
            if what == "ask":
                assert await site.counts() == {it: said.count(it) for it in said}
        said = list(expected.values())
        assert await site.counts() == {it: said.count(it) for it in said}
    finally:
        site.base.close()
        await site.store.close()


async def killed_at(site: Site, step: str) -> None:
    """A builder that dies just before this step, or after all of them."""
    facts, base = site.store.facts, site.base

    def dies(*_: object, **__: object) -> None:
        raise Killed

    broken = {"read_day": facts, "write": base, "keep": facts}.get(step)
    if broken is not None:
        setattr(broken, step, dies)
    try:
        await site.keeper.build(TODAY, 100)
    except Killed:
        pass
    finally:
        if broken is not None:
            delattr(broken, step)
    site.base.close()
    site.reopen()


async def test_the_process_answers_and_is_started_again_when_it_was_killed(
    site: Site, tmp_path: Path
) -> None:
    await site.call(NOW - 86_400)
    job = Job(f"sqlite:///{tmp_path}/dialer.db", str(site.folder), memory_mb=128, threads=1)
    reports = Reports(job, lambda: TODAY)
    try:
        first = await reports.ask(question("dials"))
        process = reports._process
        assert process is not None
        process.kill()
        await process.wait()
        second = await reports.ask(question("dials"))
        rows = await reports.behind(Behind(question=question("dials"), figure="dials"))
        with pytest.raises(FactsError) as raised:
            await reports.ask(question("sails"))
    finally:
        await reports.close()

    assert first == second
    assert rows.count == 1
    assert first.lines[0].cells[0].value == 1
    assert raised.value.slug == "unknown-figure"


async def test_what_counts_as_an_effective_call_is_what_the_site_says_now(
    site: Site, tmp_path: Path
) -> None:
    await site.call(NOW - 86_400, connected_at=NOW - 86_400, talk_seconds=60.0)
    terms = {EFFECTIVE_MS: 60_000}
    job = Job(f"sqlite:///{tmp_path}/dialer.db", str(site.folder), memory_mb=128, threads=1)
    reports = Reports(job, lambda: TODAY, lambda: terms)
    try:
        first = await reports.ask(question("effective_calls"))
        terms[EFFECTIVE_MS] = 60_001
        second = await reports.ask(question("effective_calls"))
    finally:
        await reports.close()

    assert [it.lines[0].cells[0].value for it in (first, second)] == [1, 0]


async def test_a_long_past_is_filed_in_steps_between_which_others_may_ask(
    site: Site, tmp_path: Path
) -> None:
    for days in range(1, AT_ONCE + 3):
        await site.call(NOW - days * 86_400)
    assert await site.keeper.build(TODAY, AT_ONCE) == AT_ONCE
    job = Job(f"sqlite:///{tmp_path}/dialer.db", str(site.folder), memory_mb=128, threads=1)
    reports = Reports(job, lambda: TODAY)
    try:
        built = await reports.build()
    finally:
        await reports.close()

    assert built.written == 2
