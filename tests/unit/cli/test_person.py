"""`dialer person`: everything handed out, everything erased, and never put in again."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from dialer.cli.here import settings_from
from dialer.kit.start_errors import StartError
from dialer.ports.store import ClosedAttempt, LeadNext, NewAttempt
from dialer.service.assembly import opened_store
from dialer.settings.secrets import PEOPLE, SecretsFile
from dialer.store import open_store
from dialer.words import LeadState
from tests.unit.cli.test_recordings import recorded

HERS, NAME = "+4930901820", "Anna Beispiel"
LIST = f"name,phone,city\n{NAME},{HERS},Berlin\nBo,+4930901821,Bonn\n{NAME},{HERS},Berlin\n"
AT = 1_767_600_000.0


@pytest.fixture
def called(config: Path, dialer: Callable, tmp_path: Path) -> Path:
    """Anna is on a list, twice, was called and recorded; her state folder."""
    (tmp_path / "list.csv").write_text(LIST)
    assert dialer("campaign", "create", "spring").status == 0
    report = str(tmp_path / "state/imports/1-list.rejected.csv")
    (tmp_path / "state/imports").mkdir(parents=True)
    done = dialer(
        "leads", "import", str(tmp_path / "list.csv"), "--campaign", "spring", "--report", report
    )
    assert done.status == 0, done.err
    recorded(config, "A1", AT)
    asyncio.run(_call(config))
    return tmp_path / "state"


async def _call(config: Path) -> None:
    store = await open_store(settings_from(config).store_url)
    campaign = await store.campaigns.by_name("spring")
    assert campaign is not None
    lead = await store.leads.find(campaign.id, HERS)
    assert lead is not None
    await store.leads.claim_one(lead.id, now=AT, claim_id="c")
    call = NewAttempt(
        attempt_id="A1", campaign_id=campaign.id, lead_id=lead.id, number=HERS,
        caller_id="+49301", trunk="t", node="n", placed_at=AT,
    )  # fmt: skip
    assert await store.attempts.open([call])
    over = LeadNext(state=LeadState.DONE)
    await store.attempts.close(
        [ClosedAttempt(attempt_id="A1", ended_at=AT + 1, outcome="connected", lead=over)]
    )
    await store.close()


def test_a_person_is_written_into_a_folder(called: Path, dialer: Callable, tmp_path: Path) -> None:
    out = tmp_path / "anna"

    done = dialer("person", "export", "030 901820", "--region", "DE", "--out", str(out))

    assert done.status == 0, done.err
    document = json.loads((out / "person.json").read_text())
    assert document["number"] == HERS
    assert document["leads"][0]["name"] == NAME
    assert document["leads"][0]["custom"] == {"city": "Berlin"}
    assert [call["attempt_id"] for call in document["calls"]] == ["A1"]
    assert len(document["rejected_rows"]) == 1
    assert soundfile.info(out / document["files"][0]["file"]).channels == 2
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in [out, *out.rglob("*")]}
    assert modes == {0}
    shown = dialer("person", "export", HERS, "--json").json
    assert shown["leads"] == document["leads"]


def test_nothing_on_disk_knows_an_erased_person(called: Path, dialer: Callable) -> None:
    done = dialer("person", "erase", HERS, "--reason", "letter of 3 March", "--json")

    assert done.status == 0, done.err
    assert done.json["erased"]["leads"] == 1
    assert done.json["erased"]["recordings"] == 1
    for path in called.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert HERS[1:].encode() not in data, path
            assert NAME.encode() not in data, path
    assert [path for path in called.glob("recordings/**/*") if path.is_file()] == []
    exported = dialer("cdr", "export", "--campaign", "spring", "--format", "jsonl").out
    assert json.loads(exported)["number"].startswith("#")
    assert dialer("dnc", "check", HERS, "--json").json["numbers"][0]["listed"]
    again = dialer("person", "export", HERS, "--json").json
    assert (again["leads"], again["counts"]["recordings"]) == ([], 0)


def test_an_erased_person_is_not_imported_until_let_in(
    called: Path, dialer: Callable, tmp_path: Path
) -> None:
    assert dialer("person", "erase", HERS, "--yes").status == 0
    bring = ("leads", "import", str(tmp_path / "list.csv"), "--campaign", "spring", "--json")

    again = dialer(*bring).json
    assert (again["imported"], again["duplicates"], again["rejected"]) == (0, 1, 2)

    assert dialer("dnc", "remove", HERS).status == 0
    assert dialer(*bring).json["imported"] == 1


def test_a_machine_without_the_key_does_not_start(
    called: Path, dialer: Callable, config: Path
) -> None:
    assert dialer("person", "erase", HERS, "--yes").status == 0
    SecretsFile(called).put(PEOPLE, "another one")

    with pytest.raises(StartError, match=r"people\.key"):
        asyncio.run(opened_store(settings_from(config)))


def test_who_is_no_number_is_said_in_one_line(config: Path, dialer: Callable) -> None:
    done = dialer("person", "erase", "hello", "--json")

    assert (done.status, done.err.count("\n")) == (1, 1)


def test_of_a_stranger_nothing_is_kept_and_the_number_is_refused(
    config: Path, dialer: Callable
) -> None:
    done = dialer("person", "erase", HERS, "--yes")

    assert (done.status, done.out) == (0, "erased: nothing was kept\n")
    assert dialer("dnc", "check", HERS, "--json").json["numbers"][0]["listed"]
