"""`dialer figures`: reports on the terminal, with a service or without, and their files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from dialer.ports.store import ClosedAttempt, LeadNext, LeadNumber, NewAttempt, NewLead
from dialer.settings import Settings, load
from dialer.store import open_store
from dialer.words import LeadState
from figures.catalogue import FIGURES

YESTERDAY = time.time() - 86_400


@pytest.fixture
def called(config: Path) -> Path:
    """Two calls of yesterday, one of which somebody answered."""
    found = load(config, {})
    assert isinstance(found, Settings)
    found.state_dir.mkdir(exist_ok=True)
    asyncio.run(_call(found.store_url))
    return found.state_dir


async def _call(url: str) -> None:
    store = await open_store(url)
    campaign = await store.campaigns.create("spring", pool="p", settings={}, now=1.0, who="x")
    people = [NewLead(numbers=[LeadNumber(f"+493012345{i}")]) for i in range(2)]
    await store.leads.add(campaign.id, people, now=1.0)
    leads = await store.leads.claim(campaign.id, 2, now=YESTERDAY, claim_id="c")
    for i, lead in enumerate(leads):
        opened = NewAttempt(
            attempt_id=f"A{i}", lead_id=lead.id, campaign_id=campaign.id, caller_id="",
            number=lead.numbers[0].number, trunk="", node="", placed_at=YESTERDAY,
        )  # fmt: skip
        await store.attempts.open([opened])
        closed = ClosedAttempt(
            attempt_id=f"A{i}", ended_at=YESTERDAY + 60, lead=LeadNext(LeadState.DONE),
            outcome="connected" if i else "busy", answered_by="human" if i else None,
        )  # fmt: skip
        await store.attempts.close([closed])
    await store.close()


def test_a_report_is_a_table_or_what_the_api_answers(called: Path, dialer: Callable) -> None:
    ask = ("figures", "show", "dials", "connect_rate", "avg_talk", "--by", "campaign")
    shown, told = dialer(*ask), dialer(*ask, "--json", "--where", "campaign=spring")

    lines = shown.out.splitlines()
    assert lines[1].split() == ["CAMPAIGN", "DIALS", "CONNECT_RATE", "AVG_TALK"]
    assert lines[2].split() == ["all", "2", "50.0", "%", "-"]
    assert lines[3].split() == ["spring", "2", "50.0", "%", "-"]
    assert told.json["lines"][1]["cells"][1] == {"value": 0.5, "numerator": 1, "denominator": 2}


def test_a_report_is_compared(called: Path, dialer: Callable) -> None:
    day = str(date.today() + timedelta(days=1))  # noqa: DTZ011  (whatever zone: it is not yesterday)
    ask = ("figures", "show", "dials", "--first", day, "--last", day, "--compare", "last_year")
    done = dialer(*ask)

    assert done.status == 0, done.err
    assert done.out.splitlines()[2].split() == ["0", "0"]


def test_files_are_written_anew(called: Path, dialer: Callable) -> None:
    first, second = (dialer("figures", "rebuild", "--json").json for _ in range(2))

    assert first["written"] == second["written"] >= 1
    assert len(list((called / "facts").glob("calls-*.parquet"))) >= 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sails",), "no figure is called 'sails'"),
        (("dials", "--by", "weather"), "no dimension is called 'weather'"),
        (("dials", "--where", "campaign"), "campaign=spring"),
        (("dials", "--where", "hour=noon"), "hour has no value 'noon'"),
        (("dials", "--zone", "Mars"), "no time zone is called 'Mars'"),
    ],
)
def test_a_question_without_an_answer_says_why(
    called: Path, dialer: Callable, arguments: tuple[str, ...], says: str
) -> None:
    done = dialer("figures", "show", *arguments)

    assert (done.status, done.out) == (1, "")
    assert says in done.err
    assert done.err.count("\n") == 1


def test_a_running_service_is_asked(service: object, dialer: Callable) -> None:
    """The one of these tests makes no reports: what it says is said."""
    done = dialer("figures", "show", "dials")
    rebuilt = dialer("figures", "rebuild")

    assert (done.status, rebuilt.status) == (1, 1)
    assert "no reports are made behind this API" in done.err
    assert "no reports are made behind this API" in rebuilt.err


def test_every_figure_is_listed_with_the_sites_own_terms(config: Path, dialer: Callable) -> None:
    config.write_text(config.read_text() + "[figures]\neffective_call_s = 20\n")
    shown, told = dialer("figures", "list"), dialer("figures", "list", "--json")

    assert [it["id"] for it in told.json["figures"]] == list(FIGURES)
    assert "Contacts that lasted 20 seconds or more" in shown.out
