"""On the real Asterisk: what a rep says came of a call, and what the next call is then."""

from __future__ import annotations

import time

import pytest

from dialer.asterisk.demo_network import number_for
from dialer.compliance.gate import ComplianceGate
from dialer.floor import CampaignRules
from dialer.ports.gate import Callee
from dialer.words import LeadState
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import ALWAYS, RigOptions, engine_rig

pytestmark = pytest.mark.acceptance


async def test_a_callback_returns_and_its_number_is_then_never_called_again(
    asterisk_pair: AsteriskPair,
) -> None:
    number = number_for("hangs_up_after_1s")
    options = RigOptions(campaign=CampaignRules(wrapup_limit=30.0))
    async with engine_rig(asterisk_pair, options) as rig:
        (lead_id,) = await rig.add_leads([number])
        await rig.log_in(1)
        await rig.dial()
        await rig.until(lambda: rig.states()["rep01"] == "wrapup", 15, "the first call is over")
        soon = time.time() + 1.0
        assert await rig.control.agent_finish("rep01", "callback", call_back_at=soon) is None
        await rig.until(lambda: rig.states()["rep01"] == "talking", 15, "the callee is back")
        await rig.until(lambda: rig.states()["rep01"] == "wrapup", 15, "the second call is over")
        assert await rig.control.agent_finish("rep01", "dnc") is None
        cdrs = await rig.cdrs()
        lead = await rig.store.leads.get(lead_id)
        gate = ComplianceGate(rig.store, lambda _campaign: ALWAYS)
        elsewhere = Callee(campaign_id="another", lead_id="another", number=number)
        (refusal,) = await gate.check_many([elsewhere], time.time())

    first, second = cdrs
    assert [c.disposition for c in cdrs] == ["callback", "dnc"]
    assert second.placed_at >= soon
    assert first.agent == second.agent == "rep01"
    assert lead is not None
    assert lead.state is LeadState.DNC
    assert refusal is not None
    assert (refusal.rule, refusal.until) == ("dnc", None)
