"""Calls that nobody answered: what the far end said, in the record and to the pacer."""

from __future__ import annotations

import msgspec
import pytest

from dialer.engine.floorlog import checksum
from dialer.floor.commands import CloseAttempt
from dialer.floor.events import HungUp, LedgerTold, OriginateFailed, Ticked
from tests.kit.playbook import like, play
from tests.kit.scene import Scene


def ended(
    cause: int, code: int | None, by: str = "callee", *, rings: bool = True
) -> tuple[CloseAttempt, Scene]:
    scene = Scene()
    (scene.ring if rings else scene.dial)("a1")
    commands = scene.do(HungUp("a1", scene.now, cause, by, code))  # type: ignore[arg-type]
    return next(c for c in commands if isinstance(c, CloseAttempt)), scene


@pytest.mark.parametrize(
    ("cause", "code", "outcome", "by"),
    [
        (17, 486, "busy", "callee"),
        (17, 600, "busy", "callee"),
        (21, 603, "refused", "callee"),
        (127, 607, "refused", "callee"),
        (127, 608, "refused", "network"),
        (1, 404, "failed", "network"),
        (16, 301, "failed", "network"),
        (23, 302, "failed", "network"),
        (19, 483, "failed", "network"),
        (102, 504, "failed", "network"),
        (34, 503, "failed", "network"),
        (19, 480, "no_answer", "network"),
        (18, 408, "no_answer", "network"),
        (127, 487, "no_answer", "network"),
        (0, 0, "failed", "dialer"),
    ],
)
def test_the_record_tells_what_the_far_end_said_and_that_it_was_the_far_end(
    cause: int, code: int, outcome: str, by: str
) -> None:
    record, _ = ended(cause, code)

    assert (record.outcome, record.hangup_by, record.hangup_cause) == (outcome, by, cause)
    assert record.sip_code == (code or None)


def test_a_ring_time_that_runs_out_is_ours_and_has_no_code() -> None:
    record, _ = ended(19, 0, "network")

    assert (record.outcome, record.hangup_by, record.sip_code) == ("no_answer", "dialer", None)


def test_a_call_we_take_back_says_nothing_of_the_far_end() -> None:
    scene = Scene()
    scene.ring("a1")
    scene.pacer.cancel = ["a1"]
    scene.pass_s(1.0)
    record = like(CloseAttempt, outcome="cancelled", hangup_by="dialer", sip_code=None, blame=None)

    play(scene.floor, (scene.now, HungUp("a1", scene.now, 16, "network", 0), [record]))


@pytest.mark.parametrize(
    ("cause", "code", "blame", "number"),
    [
        (127, 607, "lead", "never"),
        (127, 608, "lead", "not_today"),
        (21, 603, "lead", "once_more"),
        (1, 404, "lead", "dead"),
        (34, 503, "trunk", "alive"),
        (0, 0, "switch", "alive"),
    ],
)
def test_the_record_tells_whose_doing_it_is_and_what_the_number_deserves(
    cause: int, code: int, blame: str, number: str
) -> None:
    record, _ = ended(cause, code, rings=False)

    assert (record.blame, record.number_is) == (blame, number)


def test_a_603_of_a_networks_analytics_is_not_the_callees_word() -> None:
    scene = Scene()
    scene.ring("a1")
    record = like(
        CloseAttempt, outcome="refused", hangup_by="network", sip_code=603, number_is="not_today"
    )

    play(
        scene.floor,
        (scene.now, HungUp("a1", scene.now, 21, "callee", 603, blocked=True), [record]),
    )


def test_an_originate_that_fails_without_a_hangup_is_the_trunks() -> None:
    scene = Scene()
    scene.dial("a1")
    t = scene.now
    record = like(CloseAttempt, outcome="failed", hangup_by="network", blame="trunk")

    play(scene.floor, (t, OriginateFailed("a1", 0, 0), []), (t + 1, Ticked(), [record]))


@pytest.mark.parametrize(("code", "told"), [(607, "busy"), (486, "busy"), (404, "failed")])
def test_a_pacer_takes_a_refusal_for_a_busy_line(code: int, told: str) -> None:
    _, scene = ended(21, code)

    assert scene.pacer.calls["a1"] == told


def test_a_log_from_before_codes_were_kept_gives_the_orders_it_gave() -> None:
    """A code that nobody looked for must change no order, or old days replay no more."""
    record, _ = ended(18, None)

    text = msgspec.json.encode(record).decode()
    assert (record.outcome, record.hangup_by) == ("no_answer", "dialer")
    assert not {"sip_code", "blame", "number_is"} & set(msgspec.json.decode(text))
    assert checksum(0, [record]) == checksum(0, [ended(18, None)[0]])


def test_the_switchs_own_ledger_knows_no_code() -> None:
    scene = Scene()
    scene.ring("a1")
    t = scene.now
    record = like(CloseAttempt, outcome="busy", sip_code=None)

    play(scene.floor, (t, LedgerTold("a1", t, 17, "network"), [record]))
