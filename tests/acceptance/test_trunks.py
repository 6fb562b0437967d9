"""Trunks that take no calls, on a real Asterisk with real SIP."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

import pytest

from dialer.asterisk.node_settings import AsteriskSettings, Trunk
from dialer.engine.plans import TrunkPlan
from dialer.floor import CampaignRules
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import Rig, RigOptions, engine_rig
from tests.kit.sip_carrier import Says, SipCarrier
from tests.kit.sip_text import answer, parse

pytestmark = pytest.mark.acceptance

NewPair = Callable[..., AsteriskPair]
CALLER_IDS = ("+12125550199",)
BUSY = Says(486, first=(100, 180), after_s=0.5)
TWO = (TrunkPlan("best", caller_ids=CALLER_IDS), TrunkPlan("second", caller_ids=CALLER_IDS))
OPTIONS = RigOptions(campaign=CampaignRules(wrapup_limit=0.0, ring_timeout=5.0), trunks=TWO)


def with_trunks(*trunks: Trunk) -> Callable[[AsteriskSettings], AsteriskSettings]:
    return lambda node: replace(node, trunks=trunks)


async def at_work(rig: Rig, leads: int = 300) -> None:
    await rig.log_in(2)
    await rig.add_leads([f"+1212555{n:04}" for n in range(1000, 1000 + leads)])
    await rig.dial()


async def until_unreachable(rig: Rig, trunk: str) -> None:
    breaker = rig.engine.trunks.breakers()[trunk]
    await rig.until(lambda: breaker.reachable is False, 20, f"{trunk} is unreachable")


async def charged(rig: Rig, trunk: str) -> int:
    """Attempts counted against the leads of this trunk's calls."""
    found = [await rig.store.leads.get(c.lead_id) for c in await rig.cdrs() if c.trunk == trunk]
    return sum(lead.attempts for lead in found if lead is not None)


async def test_the_second_trunk_dials_while_the_first_answers_503_and_gives_back(
    new_asterisk_pair: NewPair,
) -> None:
    says = {"best": Says(503)}
    async with SipCarrier(lambda _: says["best"]) as best, SipCarrier(lambda _: BUSY) as second:
        trunks = (
            Trunk("best", "127.0.0.1", best.port, qualify_s=0),
            Trunk("second", "127.0.0.1", second.port, qualify_s=0),
        )
        pair = new_asterisk_pair(reps=2, change_node=with_trunks(*trunks))
        async with engine_rig(pair, OPTIONS) as rig:
            await at_work(rig)
            await rig.until(lambda: len(second.calls) >= 40, 60, "40 calls by the second trunk")
            assert len(best.calls) <= 0.3 * len(second.calls)
            assert rig.engine.trunks.breakers()["best"].state in {"out", "probing"}
            spared = {c.lead_id for c in await rig.cdrs() if c.trunk == "best"}
            assert spared
            says["best"] = BUSY
            await rig.until(
                lambda: rig.engine.trunks.breakers()["best"].state == "well", 70, "well again"
            )
            by_second, by_best = len(second.calls), len(best.calls)
            await rig.until(lambda: len(best.calls) >= by_best + 10, 30, "calls by the first")
            assert len(second.calls) <= by_second + 2
            burned = [c for c in await rig.cdrs() if c.hangup_cause == 34]
            for cdr in burned:
                lead = await rig.store.leads.get(cdr.lead_id)
                assert lead is not None
                assert lead.attempts <= 1, "only a later call, by a trunk that took it"
            numbers = [c.number for c in burned]
            counted = await rig.store.attempts.calls_to(numbers, since=0.0)
            assert all(c.hangup_cause != 34 for calls in counted.values() for c in calls)


async def test_a_trunk_that_nobody_listens_on_is_known_before_it_costs_calls(
    new_asterisk_pair: NewPair,
) -> None:
    async with SipCarrier(lambda _: BUSY) as second:
        trunks = (
            Trunk("best", "127.0.0.1", nobody(), qualify_s=1),
            Trunk("second", "127.0.0.1", second.port, qualify_s=1),
        )
        pair = new_asterisk_pair(reps=2, change_node=with_trunks(*trunks))
        async with engine_rig(pair, OPTIONS) as rig:
            breakers = rig.engine.trunks.breakers()
            await until_unreachable(rig, "best")
            await rig.until(lambda: breakers["second"].reachable, 20, "the other one is there")
            await at_work(rig)
            await rig.until(lambda: len(second.calls) >= 20, 60, "calls by the second trunk")
            assert await charged(rig, "best") == 0
            assert len([c for c in await rig.cdrs() if c.trunk == "best"]) <= 10


async def test_what_asterisk_knew_before_the_engine_came_is_asked_for(
    new_asterisk_pair: NewPair,
) -> None:
    trunks = (
        Trunk("best", "127.0.0.1", nobody(), qualify_s=1),
        Trunk("second", "127.0.0.1", nobody(), qualify_s=0),
    )
    pair = new_asterisk_pair(reps=1, change_node=with_trunks(*trunks))
    for _ in range(2):  # the second engine hears no event any more: it is in the list
        async with engine_rig(pair, OPTIONS) as rig:
            await until_unreachable(rig, "best")
            assert rig.engine.trunks.breakers()["second"].reachable is None


async def test_a_registration_that_is_refused_shuts_its_trunk(new_asterisk_pair: NewPair) -> None:
    async with Registrar(lambda _: BUSY) as registrar:
        member = Trunk(
            "best", "127.0.0.1", registrar.port, kind="registration", username="joe",
            password="not-a-real-one", qualify_s=0,
        )  # fmt: skip
        second = Trunk("second", "127.0.0.1", nobody(), qualify_s=0)
        pair = new_asterisk_pair(reps=1, change_node=with_trunks(member, second))
        async with engine_rig(pair, OPTIONS) as rig:
            await until_unreachable(rig, "best")
            assert rig.engine.trunks.breakers()["best"].state == "out"
            assert registrar.asked


async def test_without_media_ports_dialing_slows_and_neither_lead_nor_trunk_pays(
    new_asterisk_pair: NewPair,
) -> None:
    async with SipCarrier(lambda _: BUSY) as best:
        trunks = (
            Trunk("best", "127.0.0.1", best.port, qualify_s=0),
            Trunk("second", "127.0.0.1", nobody(), qualify_s=0),
        )
        pair = new_asterisk_pair(reps=2, ports_each=40, change_node=with_trunks(*trunks))
        async with engine_rig(pair, OPTIONS) as rig:
            book = rig.engine.trunks
            await rig.log_in(2)
            with every_media_port(pair):
                await rig.add_leads([f"+1212555{n:04}" for n in range(1000, 1300)])
                await rig.dial()
                await rig.until(lambda: book.switch.state in {"out", "probing"}, 20, "it is out")
                failed = await rig.cdrs()
                assert len(failed) <= 30
                assert {(c.outcome, c.hangup_by) for c in failed} == {("failed", "dialer")}
                assert await charged(rig, "best") == 0
                assert book.breakers()["best"].row == 0.0
            await rig.until(lambda: book.switch.state == "well", 70, "it makes calls again")
            await rig.until(lambda: len(best.calls) >= 10, 30, "calls")


class Registrar(SipCarrier):
    """Takes calls and refuses to register anybody."""

    asked = 0

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not data.startswith(b"REGISTER"):
            super().datagram_received(data, addr)
            return
        self.asked += 1
        self._send(answer(parse(data.decode()), 403, tag="registrar"), addr)


def nobody() -> int:
    """A UDP port on which nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def every_media_port(pair: AsteriskPair) -> Iterator[None]:
    """Somebody else on the machine has all of Asterisk's media ports that are left."""
    ports = pair.node.settings.ports
    with ExitStack() as held:
        for port in range(ports.rtp_first, ports.rtp_last + 1):
            taken = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            with suppress(OSError):
                taken.bind(("127.0.0.1", port))
        yield
