"""On the real Asterisk: leads shown first, calls by hand, and callbacks at their time."""

from __future__ import annotations

import time

import pytest

from dialer.asterisk.demo_network import number_for
from dialer.floor import CampaignRules
from dialer.ports.store import DncEntry
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import RigOptions, engine_rig

pytestmark = pytest.mark.acceptance

PREVIEW = RigOptions(campaign=CampaignRules(wrapup_limit=0.0, mode="preview", preview_limit=60.0))
MANUAL = RigOptions(campaign=CampaignRules(wrapup_limit=0.0, mode="manual"))


async def test_a_callback_made_in_wrapup_is_dialed_at_its_time_for_the_same_rep(
    asterisk_pair: AsteriskPair,
) -> None:
    options = RigOptions(campaign=CampaignRules(wrapup_limit=30.0))
    async with engine_rig(asterisk_pair, options) as rig:
        (lead_id,) = await rig.add_leads([number_for("hangs_up_after_1s")])
        await rig.log_in(2)
        await rig.dial()
        await rig.until(lambda: "wrapup" in rig.states().values(), 15, "the first call is over")
        rep = next(name for name, state in rig.states().items() if state == "wrapup")
        at = time.time() + 3.0
        said = await rig.control.agent_finish(rep, "callback", False, at, "me")
        assert said is None
        await rig.until(lambda: rig.states()[rep] == "dialing", 10, "the callback is dialed")
        dialed_at = time.time()
        await rig.until(lambda: rig.states()[rep] == "talking", 15, "the callee is back")
        await rig.until(lambda: rig.states()[rep] == "wrapup", 15, "the second call is over")
        assert await rig.control.agent_finish(rep, "sale") is None
        first, second = await rig.cdrs()
        callback = await rig.store.callbacks.get(first.attempt_id)
        (open_,) = [await rig.store.desk.calls([second.attempt_id])]

    assert at <= dialed_at < at + 3.0
    assert (first.agent, second.agent, second.outcome) == (rep, rep, "connected")
    assert callback is not None
    assert (callback.result, callback.owner, callback.lead_id) == ("kept", rep, lead_id)
    assert (open_[0].mode, open_[0].for_agent) == ("callback", rep)
    assert second.wait_seconds is not None
    assert second.wait_seconds < 0.5, "the rep was kept: nobody waits"


async def test_a_preview_is_skipped_the_next_is_dialed_and_heard(
    asterisk_pair: AsteriskPair,
) -> None:
    async with engine_rig(asterisk_pair, PREVIEW) as rig:
        numbers = [number_for("hangs_up_after_1s"), number_for("hangs_up_after_1s", 213)]
        leads = await rig.add_leads(numbers)
        await rig.log_in(1)
        await rig.dial()
        await rig.until(lambda: rig.states()["rep01"] == "preview", 10, "a lead is shown")
        shown = rig.control.desk("rep01")
        assert shown is not None
        assert shown.lead == leads[0]
        assert await rig.control.agent_preview_skip("rep01", "not today") is None
        await rig.until(lambda: rig.states()["rep01"] == "preview", 10, "the next lead is shown")
        assert await rig.control.agent_preview_dial("rep01") is None
        await rig.until(lambda: rig.states()["rep01"] == "talking", 15, "they talk")
        await rig.until(lambda: rig.states()["rep01"] == "ready", 15, "the call is over")
        (cdr,) = await rig.cdrs()
        notes = await rig.store.notes.of_lead(leads[0])

    assert (cdr.lead_id, cdr.outcome, cdr.agent) == (leads[1], "connected", "rep01")
    assert cdr.talk_seconds is not None
    assert cdr.talk_seconds > 0.5
    assert [(note.kind, note.text) for note in notes] == [("skip", "not today")]


async def test_a_busy_callee_comes_back_to_the_rep_as_busy(asterisk_pair: AsteriskPair) -> None:
    async with engine_rig(asterisk_pair, MANUAL) as rig:
        (lead,) = await rig.add_leads([number_for("busy")])
        await rig.log_in(1)
        await rig.dial()
        await rig.until(lambda: rig.engine.runners["main"].floor.campaigns["demo"].rules.running)
        assert await rig.control.agent_dial("rep01", "demo", lead, None) is None
        (cdr,) = await rig.until_ended(1)
        floor = rig.control.floor("main")
        assert floor is not None
        (rep,) = floor.agents

    assert cdr.outcome == "busy"
    assert (rep.state, rep.last_outcome, rep.last_attempt) == ("ready", "busy", cdr.attempt_id)


async def test_a_call_by_hand_to_a_number_on_the_do_not_call_list_is_refused(
    asterisk_pair: AsteriskPair,
) -> None:
    number = number_for("hangs_up_after_1s")
    async with engine_rig(asterisk_pair, MANUAL) as rig:
        (lead,) = await rig.add_leads([number])
        await rig.store.dnc.add([DncEntry(number=number, added_at=time.time())])
        await rig.log_in(1)
        await rig.dial()
        refusal = await rig.control.agent_dial("rep01", "demo", lead, None)
        by_number = await rig.control.agent_dial("rep01", "demo", None, number)
        channels = await rig.switch.live_channels()
        cdrs = await rig.cdrs()

    assert refusal is not None
    assert by_number is not None
    assert (refusal.slug, refusal.message) == ("gate-dnc", "on the do-not-call list")
    assert by_number.slug == "gate-dnc"
    assert cdrs == [], "nothing was dialed"
    assert all(channel.channel.startswith("leg-") for channel in channels)
