"""`dialer leads lists|list|move|delete|imports|undo`, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

LIST = "phone,name\n+493012345671,Anna\n+493012345672,Bert\n+493012345673,Cleo\nno,Dora\n"


@pytest.fixture
def june(dialer, config) -> str:
    """A campaign with a list of three; the import's id."""
    config.write_text(
        f'{config.read_text()}\n[campaign.summer]\npool = "default"\n',
        encoding="utf-8",
    )
    path = Path(config).parent / "june.csv"
    path.write_text(LIST, encoding="utf-8")
    done = dialer("leads", "import", str(path), "--campaign", "spring", "--json")
    assert done.status == 0, done
    dialer("campaign", "create", "summer")
    return str(done.json["import"])


def lists(dialer) -> list[tuple[str, str, str, int]]:
    found = dialer("leads", "lists", "--json").json["lists"]
    return [(it["campaign"], it["list"], it["state"], it["total"]) for it in found]


def test_a_list_is_stopped_and_started(dialer, june) -> None:
    named = ("--campaign", "spring", "--list", "june.csv")
    assert dialer("leads", "list", *named, "--stop", "--priority", "60").status == 0
    assert lists(dialer) == [("spring", "june.csv", "stopped", 3)]
    assert dialer("leads", "list", *named, "--start", "--json").json["state"] == "running"
    assert dialer("leads", "list", *named, "--start", "--stop").status == 2
    unknown = dialer("leads", "list", "--campaign", "spring", "--list", "no", "--stop")
    assert (unknown.status, unknown.err.strip()) == (1, "dialer: there is no list 'no'")


def test_leads_are_moved_and_deleted(dialer, june) -> None:
    moved = dialer(
        "leads", "move", "--campaign", "spring", "--to-campaign", "summer", "--to-list", "july"
    )
    assert (moved.status, moved.out.split(";")[0]) == (0, "3 leads moved")
    assert ("summer", "july", "running", 3) in lists(dialer)
    done = dialer("leads", "delete", "--campaign", "summer", "--list", "july", "--json")
    assert done.json == {"deleted": 3, "busy": 0}
    assert ("summer", "july", "running", 3) not in lists(dialer)


def test_an_import_is_undone(dialer, june) -> None:
    (row,) = dialer("leads", "imports", "--json").json["imports"]
    assert (row["id"], row["state"], row["imported"], row["rejected"]) == (june, "done", 3, 1)
    done = dialer("leads", "undo", june)
    assert done.out.strip() == "3 leads taken out; 0 were called and stay"
    again = dialer("leads", "undo", june)
    assert (again.status, again.err.strip()) == (1, "dialer: the import was undone before")


def test_a_word_that_is_no_outcome_is_refused(dialer, june) -> None:
    done = dialer("leads", "reset", "--campaign", "spring", "--outcome", "refused")
    assert done.status == 1
    said = done.err.partition("--outcome refused: there are ")[2].strip()
    assert sorted(said.split(", ")) == ["busy", "cancelled", "failed", "no_answer"]
