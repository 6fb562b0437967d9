"""Every outcome the public network has, as the engine's own call record tells it."""

from __future__ import annotations

import pytest

from dialer.asterisk.demo_network import Behaviour, number_for
from dialer.floor import CampaignRules
from dialer.ports.store import Cdr
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import Rig, RigOptions, engine_rig

pytestmark = pytest.mark.acceptance

SHORT_RING = CampaignRules(wrapup_limit=0.0, ring_timeout=1.5)


async def dial_one(rig: Rig, behaviour: Behaviour) -> Cdr:
    (lead,) = await rig.add_leads([number_for(behaviour)])
    await rig.dial()
    (cdr,) = await rig.until_ended(1)
    assert cdr.lead_id == lead
    assert cdr.number == number_for(behaviour)
    assert cdr.caller_id == "+12125550199"
    assert (cdr.trunk, cdr.campaign) == ("carrier", "demo")
    return cdr


@pytest.mark.parametrize(
    ("behaviour", "outcome", "cause", "by", "rang"),
    [
        ("busy", "busy", 17, "callee", False),
        ("rejects", "busy", 17, "callee", True),
        ("congestion", "failed", 34, "network", False),
        ("unallocated", "failed", 1, "network", False),
        ("declines", "failed", 21, "network", True),
        ("rings_out", "no_answer", 19, "dialer", True),
        ("no_reply", "no_answer", 19, "dialer", False),
        ("announcement", "no_answer", 19, "dialer", True),
    ],
)
async def test_a_call_nobody_answers_says_why(
    asterisk_pair: AsteriskPair, behaviour: Behaviour, outcome: str, cause: int, by: str, rang: bool
) -> None:
    async with engine_rig(asterisk_pair, RigOptions(campaign=SHORT_RING)) as rig:
        await rig.log_in(1)
        cdr = await dial_one(rig, behaviour)

    assert (cdr.outcome, cdr.hangup_cause, cdr.hangup_by) == (outcome, cause, by)
    assert (cdr.ringing_at is not None) is rang
    assert cdr.ring_seconds is not None
    nothing = (cdr.answered_at, cdr.connected_at, cdr.answered_by, cdr.agent, cdr.wait_seconds)
    assert nothing == (None,) * 5
    assert (cdr.talk_seconds, cdr.wrapup_seconds, cdr.disposition, cdr.recording) == (None,) * 4


@pytest.mark.parametrize(
    ("behaviour", "talk_s"),
    [("hangs_up_after_1s", 1.0), ("speaks_3s", 3.0)],
)
async def test_a_person_talks_to_the_rep_until_he_hangs_up(
    asterisk_pair: AsteriskPair, behaviour: Behaviour, talk_s: float
) -> None:
    async with engine_rig(asterisk_pair) as rig:
        await rig.log_in(1)
        cdr = await dial_one(rig, behaviour)

    assert (cdr.outcome, cdr.answered_by, cdr.agent) == ("connected", "human", "rep01")
    assert (cdr.hangup_cause, cdr.hangup_by) == (16, "callee")
    assert cdr.talk_seconds == pytest.approx(talk_s, abs=0.3)
    assert cdr.wait_seconds is not None
    assert cdr.wait_seconds < 1.0
    assert cdr.recording is not None
    assert cdr.wrapup_seconds == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("behaviour", ["person_en", "person_zh", "early_media", "hangs_up_in_call"])
async def test_whoever_picks_up_late_or_leaves_in_mid_call_is_connected(
    asterisk_pair: AsteriskPair, behaviour: Behaviour
) -> None:
    async with engine_rig(asterisk_pair) as rig:
        await rig.log_in(1)
        await rig.add_leads([number_for(behaviour)])
        await rig.dial()
        await rig.until(lambda: rig.phases()["talking"], 15, "connected")
        if behaviour == "early_media":
            assert await rig.control.agent_hangup("rep01") is None
        (cdr,) = await rig.until_ended(1)

    assert (cdr.outcome, cdr.agent) == ("connected", "rep01")
    assert cdr.hangup_by == ("agent" if behaviour == "early_media" else "callee")
    assert cdr.ringing_at is not None


async def test_a_callee_who_hangs_up_at_once_is_no_ghost(asterisk_pair: AsteriskPair) -> None:
    """Whether the bridge came first or the hang-up, the rep is free again and nothing is left."""
    async with engine_rig(asterisk_pair) as rig:
        await rig.log_in(1)
        cdr = await dial_one(rig, "hangs_up_at_once")
        await rig.until(lambda: rig.states()["rep01"] == "ready", 3, "the rep is ready again")
        assert not rig.phases()

    assert cdr.outcome in {"connected", "abandoned"}
    assert cdr.hangup_by == "callee"
    assert cdr.answered_by == "human"


async def test_a_rep_ends_the_call_and_stays_on_the_line(asterisk_pair: AsteriskPair) -> None:
    async with engine_rig(asterisk_pair) as rig:
        await rig.log_in(1)
        await rig.add_leads([number_for("stays")])
        await rig.dial()
        await rig.until(lambda: rig.phases()["talking"], 10, "connected")
        leg = rig.engine.runners["main"].floor.agents["rep01"].leg
        assert await rig.control.agent_hangup("rep01") is None
        (cdr,) = await rig.until_ended(1)
        await rig.until(lambda: rig.parked() == 1 and rig.states()["rep01"] == "ready", 3)
        assert rig.engine.runners["main"].floor.agents["rep01"].leg == leg

    assert (cdr.outcome, cdr.hangup_by) == ("connected", "agent")


async def test_a_call_at_its_ceiling_is_ended_and_says_by_whom(asterisk_pair: AsteriskPair) -> None:
    async with engine_rig(asterisk_pair, RigOptions(max_call_s=1.5)) as rig:
        await rig.log_in(1)
        cdr = await dial_one(rig, "stays")
        await rig.until(lambda: rig.states()["rep01"] == "ready", 3, "the rep is ready again")

    assert (cdr.outcome, cdr.hangup_by) == ("connected", "dialer")
    assert cdr.talk_seconds == pytest.approx(1.5, abs=0.3)


async def test_nobody_is_free_so_the_message_is_played_and_counted(
    asterisk_pair: AsteriskPair,
) -> None:
    # A pacer put in by hand is not in the log: this run cannot be replayed.
    options = RigOptions(campaign=SHORT_RING, replayed=False)
    async with engine_rig(asterisk_pair, options) as rig:
        await rig.log_in(1)
        await rig.add_leads([number_for("stays", 212), number_for("rings_1s_stays", 213)])
        await rig.dial()
        await rig.until(lambda: rig.phases()["talking"], 10, "the first is connected")
        rig.engine.runners["main"].floor.pacer = Eager()
        await rig.until(lambda: rig.phases()["message"], 10, "the second hears the message")
        cdrs = await rig.until_ended(1, within_s=30)

    second = next(c for c in cdrs if c.outcome == "abandoned")
    assert second.number == number_for("rings_1s_stays", 213)
    assert second.hangup_by == "dialer"
    assert second.connected_at is None
    assert second.agent is None
    assert second.recording is not None


class Eager:
    """Dials whatever there is, to make an abandoned call happen."""

    def calls_to_place(self, now: float) -> int:
        return 1

    def calls_to_cancel(self, now: float) -> list[str]:
        return []

    def save(self) -> bytes:
        return b"{}"

    def explain(self) -> dict[str, object]:
        return {}

    def share(self, now: float, group: str) -> int:
        return 1

    def ask_again_at(self) -> float:
        return float("inf")

    def __getattr__(self, name: str) -> object:
        return lambda *args, **kwargs: None


async def test_a_detected_machine_reaches_no_rep(asterisk_pair: AsteriskPair) -> None:
    options = RigOptions(detect_machines=True)
    async with engine_rig(asterisk_pair, options) as rig:
        await rig.log_in(1)
        cdr = await dial_one(rig, "machine_en")
        assert rig.states()["rep01"] == "ready"

    assert (cdr.outcome, cdr.answered_by) == ("machine", "machine")
    assert (cdr.agent, cdr.connected_at, cdr.hangup_by) == (None, None, "dialer")
