"""`dialer reconcile`: what it prints, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dialer.ids import new_id


def test_a_day_without_calls_agrees(config: Path, dialer: Callable) -> None:
    done = dialer("reconcile", "--day", "2027-01-15")

    assert (done.status, done.err) == (0, "")
    assert done.out == "2027-01-15: 0 calls, 0 rows of the ledger, 0 recordings: 0 differences\n"


def test_a_call_without_a_record_is_told_and_the_status_says_so(
    config: Path, dialer: Callable
) -> None:
    ledger = config.parent / "state/asterisk/log/cdr-custom/dialer.csv"
    ledger.parent.mkdir(parents=True)
    attempt = new_id()
    ledger.write_text(
        f'"{attempt}",1768471200.1,1768471205.2,1768471265.3,65.2,60.1,ANSWERED,16,'
        '"leg-01J-1-rep01",1768471205.25,\n'
    )
    done = dialer("reconcile", "--day", "2026-01-15")
    told = dialer("reconcile", "--day", "2026-01-15", "--json")

    assert done.status == told.status == 1
    assert done.out.startswith(
        f"{attempt}: the switch had a call of which there is no record; switch: ANSWERED placed "
        "10:00:00.100 answered 10:00:05.200 talked 10:00:05.250 ended 10:01:05.300\n"
    )
    assert done.err == "dialer: 1 differences on 2026-01-15\n"
    assert [it["kind"] for it in told.json["differences"]] == ["no_record"]


def test_what_is_no_day_is_wrong_usage(config: Path, dialer: Callable) -> None:
    done = dialer("reconcile", "--day", "yesterday")

    assert done.status == 2
    assert "is no day: write it as 2026-01-31" in done.err
