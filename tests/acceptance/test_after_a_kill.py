"""kill -9 of the service on a real floor: what reps still have to say, and whom nobody may ring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from dialer.asterisk.demo_network import area_codes, number_for
from dialer.ports.store import LeadNumber, NewLead
from tests.kit.asterisk import AsteriskPair
from tests.kit.served import Served, served

pytestmark = pytest.mark.acceptance

NUMBERS = [number_for("stays", code) for code in area_codes()[:2]]
#: A second list with a person of the first.
OTHER = """
[campaign.other]
trunks = ["carrier"]
wrapup_limit = 0.0
calling = {start = "00:00", end = "24:00", pause_minutes = 0}
"""


def configured(service: Served, old: str, new: str) -> None:
    text = service.config.read_text("utf-8")
    assert old in text
    service.config.write_text(text.replace(old, new), "utf-8")


def counted(service: Served, state: str, count: int) -> Callable[[], Awaitable[bool]]:
    async def are_so() -> bool:
        return await service.count("agents", state) == count

    return are_so


async def at_work(service: Served) -> None:
    """Two reps are ready, and the store knows it."""
    await service.log_in(2)

    async def known() -> bool:
        return [it.state for it in await service.store.agents.sessions()] == ["ready"] * 2

    await service.until(known, 10, "their logins are written")


async def test_reps_say_what_came_of_calls_that_a_kill_cut_short_and_no_figure_changes(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    pair = new_asterisk_pair(reps=2, ports_each=300)
    async with served(pair) as service:
        wanted = "wrapup_limit = 120.0\ndisposition_required = true"
        configured(service, "wrapup_limit = 0.0", wanted)
        await service.add_reps(2)
        await service.add_leads(NUMBERS)
        await service.start()
        await at_work(service)
        await service.tell("campaigns/demo/start")
        await service.until(counted(service, "talking", 2), 20, "two conversations")
        first, second = [row["agent"] for row in (await service.floor())["agents"]]
        await service.tell(f"agents/{first}/hangup")
        await service.until(counted(service, "wrapup", 1), 10, "one call is written up")
        service.kill()
        pair.public.hang_up_callees()
        await service.start()
        await service.until(counted(service, "wrapup", 2), 15, "both calls are written up")
        await service.tell(f"agents/{first}/finish", {"disposition": "sale", "note": "signed"})
        await service.tell(f"agents/{second}/finish", {"disposition": "not_interested"})
        await service.until(counted(service, "ready", 2), 15, "both reps are free")

        async def all_said() -> bool:
            return all(cdr.disposition for cdr in await service.cdrs())

        await service.until(all_said, 10, "both results are written")
        said = {cdr.agent: cdr.disposition for cdr in await service.cdrs()}
        (campaign,) = (await service.floor())["campaigns"]

    assert said == {first: "sale", second: "not_interested"}
    assert (campaign["placed"], campaign["connected"]) == (2, 2)


async def test_after_a_kill_nobody_rings_a_person_whose_call_is_still_up(
    new_asterisk_pair: Callable[..., AsteriskPair],
) -> None:
    pair = new_asterisk_pair(reps=2, ports_each=300)
    number, free = NUMBERS
    async with served(pair) as service:
        service.config.write_text(service.config.read_text("utf-8") + OTHER, "utf-8")
        await service.add_reps(2)
        await service.add_leads([number])
        await service.start()
        await at_work(service)
        await service.tell("campaigns/demo/start")
        await service.until(counted(service, "talking", 1), 20, "a conversation")
        service.kill()
        await service.start()
        await service.until(counted(service, "talking", 1), 15, "it is known again")
        other = await service.store.campaigns.by_name("other")
        assert other is not None
        people = [NewLead(numbers=[LeadNumber(each)]) for each in (number, free)]
        await service.store.leads.add(other.id, people, now=0.0)
        await service.tell("campaigns/other/start")
        await service.until(counted(service, "talking", 2), 20, "the list's other lead is called")
        numbers = [cdr.number for cdr in await service.cdrs()]
        pair.public.hang_up_callees()

        async def called_again() -> bool:
            return [cdr.number for cdr in await service.cdrs()].count(number) == 2

        await service.until(called_again, 30, "after the call the other list may")

    assert sorted(numbers) == sorted([number, free])
