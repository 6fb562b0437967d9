"""Simulated effects over the API: who may try what, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dialer.features.settings.changing import Faults, Wanted
from dialer.features.simulations.trials import Effect, Simulations
from dialer.ports.clock import SystemClock
from dialer.ports.control import Refusal
from dialer.sim.effect import Interval, Note

URL = "/api/v1/pools/north/settings/simulate"


class Tried(Simulations):
    """Nothing is run; what was asked for is there."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.asked: list[tuple[str, list[Wanted], str]] = []
        self.outcome: Effect | Faults | Refusal | None = None

    async def simulate(
        self, pool: str, wanted: Sequence[Wanted], who: str, reps: int | None, minutes: float | None
    ) -> Effect | Faults | Refusal:
        self.asked.append((pool, list(wanted), who))
        if self.outcome is not None:
            return self.outcome
        effect = Effect(
            id=f"S-{pool}", pool=pool, who=who, started_at=1.0, minutes=minutes or 30.0,
            reps=reps or 3, changes={}, notes=[Note("hours", "…")],
            now={"utilisation": Interval(0.5, None, None)},
        )  # fmt: skip
        self._keep(effect)
        return effect


@pytest.fixture
def tried(world) -> Tried:
    world.read_settings(
        "[pool.north]\n[pool.south]\n[campaign.spring]\npool='north'\n"
        "[campaign.autumn]\npool='south'\n"
    )
    world.simulations = Tried()
    return world.simulations


def slug(answer) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


async def test_a_supervisor_tries_a_change_and_asks_how_far_it_is(tried, people) -> None:
    boss = await people.add("supervisor", team="north", squad="one")
    body = {"changes": {"ratio": 2}, "campaigns": {"spring": {"weight": 3}}, "reps": 9}
    async with people.browser(boss) as client:
        begun = await client.post(URL, json=body)
        seen = await client.get(f"/api/v1/simulations/{begun.json()['id']}")
        ended = await client.delete(f"/api/v1/simulations/{begun.json()['id']}")

    assert begun.status_code == 202
    assert tried.asked == [
        ("north", [Wanted("pool/north", {"ratio": 2}), Wanted("campaign/spring", {"weight": 3})],
         "supervisor"),
    ]  # fmt: skip
    assert (seen.json()["reps"], seen.json()["now"]["utilisation"]["mean"]) == (9, 0.5)
    assert ended.status_code == 200


async def test_simulations_of_other_teams_are_none(tried, people) -> None:
    await tried.simulate("south", [], "x", None, None)
    async with people.browser(await people.add("manager", team="north")) as client:
        assert slug(await client.post(URL.replace("north", "south"), json={})) == "404 no-such-pool"
        other = await client.post(URL, json={"campaigns": {"autumn": {"weight": 3}}})
        assert slug(other) == "404 no-such-campaign"
        for method in ("GET", "DELETE"):
            answer = await client.request(method, "/api/v1/simulations/S-south")
            assert slug(answer) == "404 no-such-simulation"
    assert len(tried.asked) == 1


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Refusal("busy", "wait"), "409 busy"),
        (Refusal("nobody-at-work", "say how many"), "409 nobody-at-work"),
        (Faults(["ratio: must be at least 0"]), "422 invalid-settings"),
    ],
)
async def test_why_nothing_is_simulated_is_said(tried, people, outcome, expected: str) -> None:
    tried.outcome = outcome
    async with people.browser(await people.add("manager", team="north")) as client:
        assert slug(await client.post(URL, json={"changes": {"ratio": 2}})) == expected
