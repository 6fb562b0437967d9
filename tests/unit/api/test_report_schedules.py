"""Reports that are sent: to each their own, once, and the owner hears of who got none."""

from __future__ import annotations

import io
from collections.abc import Sequence
from email import message_from_string, policy
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from dialer.features.figures.keeping import FactsError
from dialer.features.figures.messages import Job
from dialer.features.figures.reports import Reports
from dialer.features.mail.records import OutboxMail
from dialer.features.mail.store import InMemoryOutbox, outbox_of
from dialer.features.report_schedules.sending import send_due
from dialer.features.report_schedules.store import RUNS
from dialer.ports.records import RecordQuery
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import StoreError
from figures.answer import Answer, answer
from figures.dimensions import DIMENSIONS
from figures.of_calls import DIALS, HUMANS
from figures.question import Question

DAY = 86_400.0
#: 1 December 2026, 8:00 in Shanghai.
DUE = 1_796_083_200.0
VIEW = {
    "name": "每周 <呼叫>", "figures": ["dials", "connect_rate"], "by": ["campaign"],
    "period": "yesterday",
}  # fmt: skip


class Counting(Reports):
    """Says who was asked for, and always the same."""

    def __init__(self) -> None:
        super().__init__(Job("", "", 0, 0), lambda: 0)
        self.asked: list[Question] = []
        self.fault: FactsError | None = None

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        if self.fault is not None:
            raise self.fault
        sums = {DIALS: 8, HUMANS: 2}
        return answer(question, {(): sums, ("spring",): sums})


class Clock:
    """The time it is said to be."""

    def __init__(self) -> None:
        self.at = DUE - DAY / 2

    def now(self) -> float:
        return self.at

    def wall(self) -> float:
        return self.at


@pytest.fixture
def reports(world: Any) -> Counting:
    world.clock, world.reports = Clock(), Counting()
    mail = '[mail]\non = true\nsender = "dialer@example.com"\n'
    world.read_settings(mail)
    return world.reports  # type: ignore[no-any-return]


@pytest.fixture
async def schedule(people: Any, reports: Counting, world: Any) -> Any:
    """Daily at 8:00 in Shanghai, to Anna, who owns it, Ben of her team and Carl of another."""
    for name, role, team, more in (
        ("anna", "supervisor", "north", {"email": "anna@example.com", "language": "en"}),
        ("ben", "rep", "north", {"email": "ben@example.com"}),
        ("carl", "manager", "south", {"email": "carl@example.com", "language": "zh"}),
    ):
        await people.add(role, name, team=team, **more)
    async with people.browser(await world.store.accounts.by_name("anna")) as client:
        view = (await client.post("/api/v1/report_views", json=VIEW)).json()
        said = {
            "view": view["id"], "hour": 8, "zone": "Asia/Shanghai", "format": "xlsx",
            "language": "zh", "recipients": ["anna", "ben", "carl"],
        }  # fmt: skip
        made = await client.post("/api/v1/report_schedules", json=said)
        assert made.status_code == 201, made.text
        return made.json()


async def passes(world: Any, *times: float) -> None:
    context = world.context()
    for at in times:
        world.clock.at = at
        await send_due(context)


async def mails(world: Any) -> dict[str, OutboxMail]:
    found = await outbox_of(world.store).page(RecordQuery(limit=500), EVERYTHING)
    return {f"{it.kind} {it.account}": it for it in found}


async def runs(world: Any) -> Sequence[Any]:
    return await world.store.kept(RUNS).page(RecordQuery(sort="changed_at"), EVERYTHING)  # type: ignore[no-any-return]


async def read(world: Any, mail: OutboxMail) -> Any:
    text = await outbox_of(world.store).text(mail.id)
    return message_from_string(text, policy=policy.default)


async def test_each_gets_it_in_their_own_reach_and_language(
    world: Any, schedule: Any, reports: Counting
) -> None:
    await passes(world, DUE - 1, DUE + 20)

    found = await mails(world)
    assert sorted(found) == ["report anna", "report ben", "report carl"]
    # Three reaches: the squad's, the rep's own, the other team's; nobody sees everything.
    assert len(reports.asked) == 3
    assert all(it.within is not None for it in reports.asked)
    assert {(it.begin.isoformat(), it.zone) for it in reports.asked} == {
        ("2026-11-30", "Asia/Shanghai")
    }
    subjects = {name: it.subject for name, it in found.items()}
    assert subjects == dict.fromkeys(subjects, "每周 呼叫 · 2026-11-30")
    annas, carls = await read(world, found["report anna"]), await read(world, found["report carl"])
    assert "Connect rate" in annas.get_body(("plain",)).get_content()
    assert "接通率" in carls.get_body(("plain",)).get_content()
    html = carls.get_body(("html",)).get_content()
    assert "每周 &lt;呼叫&gt;" in html
    assert ">25.0%<" in html
    (file,) = carls.iter_attachments()
    assert file.get_filename() == "每周 呼叫 2026-11-30.xlsx"
    book = load_workbook(io.BytesIO(file.get_content()))
    rows = [[it.value for it in row] for row in book.worksheets[-1].iter_rows()]
    assert rows == [[DIMENSIONS["campaign"].name.zh, "拨打量", "接通率"], ["spring", 8, 0.25]]


async def test_a_due_time_is_sent_once_however_often_it_is_looked_and_started(
    world: Any, schedule: Any
) -> None:
    await passes(world, DUE + 1, DUE + 31, DUE + 61, DUE + DAY / 2)
    assert len(await mails(world)) == 3
    assert len(await runs(world)) == 1
    await passes(world, DUE + DAY + 5)
    assert [it.due_at for it in await runs(world)][::-1] == [DUE, DUE + DAY]


async def test_what_was_missed_comes_once_and_says_that_it_is_late(
    world: Any, schedule: Any
) -> None:
    await passes(world, DUE + 3 * DAY + 3600, DUE + 3 * DAY + 3660)
    (run,) = await runs(world)
    assert (run.due_at, run.late) == (DUE + 3 * DAY, True)
    found = await mails(world)
    message = await read(world, found["report anna"])
    assert (
        "This report is late: it was due at 2026-12-04 08:00."
        in message.get_body(("plain",)).get_content()
    )


async def test_who_has_lost_the_right_gets_nothing_and_the_owner_is_told(
    world: Any, schedule: Any, people: Any
) -> None:
    accounts = world.store.accounts
    await accounts.change("id-ben", None, enabled=False)
    await accounts.change("id-carl", None, role="ops")
    await passes(world, DUE + 20)

    found = await mails(world)
    assert sorted(found) == ["notice anna", "report anna"]
    (run,) = await runs(world)
    assert (run.sent, run.missed) == (("anna",), {"ben": "gone", "carl": "no-right"})
    notice = await read(world, found["notice anna"])
    assert notice["Subject"] == "Not sent: 每周 呼叫"
    assert "carl: may not see reports any more" in notice.get_content()


async def test_of_an_owner_who_is_gone_nothing_is_sent(world: Any, schedule: Any) -> None:
    await world.store.accounts.change("id-anna", None, enabled=False)
    await passes(world, DUE + 20)
    assert await mails(world) == {}
    (run,) = await runs(world)
    assert run.missed == dict.fromkeys(["anna", "ben", "carl"], "owner-gone")


async def test_figures_without_an_answer_are_waited_for_and_then_given_up(
    world: Any, schedule: Any, reports: Counting
) -> None:
    reports.fault = FactsError("figures-away", "no answer")
    await passes(world, DUE + 20, DUE + 3600)
    assert (await mails(world), list(await runs(world))) == ({}, [])
    await passes(world, DUE + 6 * 3600 + 1)
    assert sorted(await mails(world)) == ["notice anna"]
    (run,) = await runs(world)
    assert set(run.missed.values()) == {"no-answer"}


async def test_while_mail_is_off_it_waits(world: Any, schedule: Any) -> None:
    world.read_settings("")
    await passes(world, DUE + 20)
    assert list(await runs(world)) == []


@pytest.mark.parametrize("survives", range(5))
async def test_a_crash_at_any_point_sends_nothing_twice_and_loses_nothing(
    world: Any, schedule: Any, monkeypatch: pytest.MonkeyPatch, survives: int
) -> None:
    """It ends before the write with this number; then it starts again."""
    left = survives
    runs_kept = type(world.store.kept(RUNS))
    put_down, add = InMemoryOutbox.put_down, runs_kept.add

    def dying(write: Any) -> Any:
        async def wrapped(*args: Any) -> Any:
            nonlocal left
            if left == 0:
                raise StoreError("killed")
            left -= 1
            return await write(*args)

        return wrapped

    with monkeypatch.context() as patched:
        patched.setattr(InMemoryOutbox, "put_down", dying(put_down))
        patched.setattr(runs_kept, "add", dying(add))
        try:
            await passes(world, DUE + 20)
        except StoreError:
            assert len(await mails(world)) == survives
    before = await mails(world)
    await passes(world, DUE + 50, DUE + 80)

    after = await mails(world)
    assert sorted(after) == ["report anna", "report ben", "report carl"]
    assert {name: after[name] for name in before} == before
    assert len(await runs(world)) == 1


async def test_a_schedule_is_its_owners(people: Any, world: Any, schedule: Any) -> None:
    where = f"/api/v1/report_schedules/{schedule['id']}"
    async with people.browser(await world.store.accounts.by_name("carl")) as other:
        assert (await other.get(where)).status_code == 404
    async with people.browser(await world.store.accounts.by_name("anna")) as hers:
        changed = await hers.patch(where, json={"version": 1, "recipients": ["anna", "nobody"]})
        found = (await hers.get("/api/v1/report_recipients")).json()["recipients"]
    assert [(it["field"], it["slug"]) for it in changed.json()["faults"]] == [
        ("recipients", "no-such-account")
    ]
    assert [(it["name"], it["has_address"]) for it in found] == [("anna", True), ("ben", True)]


async def test_a_report_that_its_owner_may_not_see_any_more_is_not_sent(
    people: Any, world: Any, schedule: Any
) -> None:
    from dialer.features.report_views.store import REPORT_VIEWS

    views = world.store.kept(REPORT_VIEWS)
    view = await views.get(schedule["view"], EVERYTHING)
    await views.put(replace(view, version=2, created_by="carl"), people.entry)
    await passes(world, DUE + 20)
    (run,) = await runs(world)
    assert (run.sent, set(run.missed.values())) == ((), {"no-report"})
