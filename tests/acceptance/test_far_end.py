"""Each answer of a carrier, over real SIP: what the record holds, what becomes of the lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from dialer.asterisk.node_settings import AsteriskSettings, Trunk
from dialer.engine.plans import TrunkPlan
from dialer.floor import CampaignRules
from dialer.ports.store import Cdr, Lead
from dialer.words import LeadState
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import Rig, RigOptions, engine_rig
from tests.kit.sip_carrier import Says, SipCarrier

pytestmark = pytest.mark.acceptance

OPTIONS = RigOptions(
    campaign=CampaignRules(wrapup_limit=0.0, ring_timeout=1.5),
    trunk=TrunkPlan("wire", caller_ids=("+12125550199",)),
)
RINGS = (100, 180)
BLOCKED = ("Reason", 'SIP;cause=603;text="v=analytics1;id=1"')
Q850_1 = ("Reason", "Q.850;cause=1")


class Row(NamedTuple):
    says: Says
    outcome: str
    code: int | None
    cause: int
    by: str
    state: str
    of_number: str = ""


ROWS = {
    "404": Row(Says(404), "failed", 404, 1, "network", "dead", "dead"),
    "486": Row(Says(486, first=RINGS), "busy", 486, 17, "callee", "retry"),
    "410": Row(Says(410), "failed", 410, 22, "network", "dead", "dead"),
    "600": Row(Says(600), "busy", 600, 17, "callee", "retry"),
    "604": Row(Says(604), "failed", 604, 1, "network", "dead", "dead"),
    "480": Row(Says(480, first=RINGS), "no_answer", 480, 19, "network", "retry"),
    "603": Row(Says(603, first=RINGS), "refused", 603, 21, "callee", "retry", "declined"),
    "607": Row(Says(607, first=RINGS), "refused", 607, 127, "callee", "dnc", "listed"),
    "608": Row(Says(608, first=RINGS), "refused", 608, 127, "network", "retry"),
    "603+": Row(
        Says(603, "Network Blocked", (BLOCKED,)), "refused", 603, 21, "network", "retry"
    ),
    "301": Row(Says(301, first=RINGS), "failed", 301, 16, "network", "dead", "dead"),
    "483": Row(Says(483, first=RINGS), "failed", 483, 19, "network", "retry"),
    "484": Row(Says(484, first=RINGS), "failed", 484, 28, "network", "dead", "dead"),
    "485": Row(Says(485, first=RINGS), "failed", 485, 1, "network", "dead", "dead"),
    "403": Row(Says(403, first=RINGS), "failed", 403, 21, "network", "retry"),
    "408": Row(Says(408, first=RINGS), "no_answer", 408, 18, "network", "retry"),
    "487": Row(Says(487, first=RINGS), "no_answer", 487, 127, "network", "retry"),
    "rings": Row(Says(0, first=RINGS), "no_answer", None, 19, "dialer", "retry"),
    "crosses": Row(
        Says(0, first=RINGS, crosses_cancel=True), "no_answer", None, 19, "dialer", "retry"
    ),
    # Asterisk takes no cause from a Reason beside a final answer.
    "480 Q.850 1": Row(
        Says(480, headers=(Q850_1,), first=RINGS), "no_answer", 480, 19, "network", "retry"
    ),
    # The carrier's trouble: the attempt does not count, and the lead is as it was.
    "503": Row(Says(503), "failed", 503, 34, "network", "new"),
    "488": Row(Says(488, first=RINGS), "failed", 488, 58, "network", "new"),
    "504": Row(Says(504, first=RINGS), "failed", 504, 102, "network", "new"),
    "401": Row(Says(401, first=RINGS), "failed", 401, 21, "network", "new"),
}  # fmt: skip
NUMBERS = {name: f"+1212555{n:04}" for n, name in enumerate(ROWS, 2000)}


def on_the_wire(carrier: SipCarrier) -> Callable[[AsteriskSettings], AsteriskSettings]:
    trunk = Trunk("wire", "127.0.0.1", carrier.port, qualify_s=0)
    return lambda node: replace(node, trunks=(*node.trunks, trunk))


def fate(lead: Lead, listed: bool) -> str:
    number = lead.numbers[0]
    said = {"dead": number.dead, "declined": number.declined, "listed": listed}
    return " ".join(name for name, holds in said.items() if holds)


async def dial_all(rig: Rig, names: list[str]) -> dict[str, Cdr]:
    await rig.log_in(1)
    await rig.add_leads([NUMBERS[name] for name in names])
    await rig.dial()
    cdrs = await rig.until_ended(len(names), within_s=90)
    by_number = {number: name for name, number in NUMBERS.items()}
    return {by_number[cdr.number]: cdr for cdr in cdrs}


async def test_each_answer_of_a_carrier_is_taken_for_what_it_is(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    says = {NUMBERS[name]: row.says for name, row in ROWS.items()}
    async with SipCarrier(lambda number: says[number]) as carrier:
        pair = new_asterisk_pair(reps=1, change_node=on_the_wire(carrier))
        async with engine_rig(pair, OPTIONS) as rig:
            cdrs = await dial_all(rig, list(ROWS))
            found = {name: await judged(rig, cdr) for name, cdr in cdrs.items()}

    assert found == {name: tuple(row[1:]) for name, row in ROWS.items()}
    assert not carrier.to("+12125559999")


async def judged(rig: Rig, cdr: Cdr) -> tuple[Any, ...]:
    lead = await rig.store.leads.get(cdr.lead_id)
    assert lead is not None
    listed = bool(await rig.store.dnc.check([cdr.number], now=rig.engine.clock.now()))
    record = (cdr.outcome, cdr.sip_code, cdr.hangup_cause, cdr.hangup_by)
    return (*record, lead.state.value, fate(lead, listed))


async def test_no_redirection_makes_asterisk_call_somebody_else(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    def says(number: str) -> Says:
        elsewhere = f"<sip:+12125559999@127.0.0.1:{carrier.port}>"
        return Says(302, headers=(("Contact", elsewhere),))

    async with SipCarrier(says) as carrier:
        pair = new_asterisk_pair(reps=1, change_node=on_the_wire(carrier))
        async with engine_rig(pair, OPTIONS) as rig:
            await rig.log_in(1)
            await rig.add_leads(["+12125552999"])
            await rig.dial()
            (cdr,) = await rig.until_ended(1)
            lead = await rig.store.leads.get(cdr.lead_id)

    assert (cdr.outcome, cdr.sip_code) == ("failed", 302)
    assert lead is not None
    assert lead.state is LeadState.RETRY
    assert [call.number for call in carrier.calls.values()] == ["+12125552999"]
