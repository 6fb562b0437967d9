"""Campaigns, reps, the do-not-call list, recordings and the audit trail."""

from __future__ import annotations

import pytest

from dialer.ports.scope import EVERYTHING
from dialer.ports.store import (
    Agent,
    AgentSession,
    AlreadyExistsError,
    AuditEntry,
    Campaign,
    DncEntry,
    NotFoundError,
    Recording,
    Store,
)
from dialer.words import CampaignState, RecordingState

NOW = 1_800_000_000.0
MEI = Agent(
    id="X1", name="mei", endpoint="mei-phone", pool="sales", skills={"loans": 3}, weight=2.5
)


async def test_every_change_of_settings_is_in_the_trail_with_what_was_before(
    store: Store, second: Store, campaign: Campaign
) -> None:
    rules = {"calling": {"start": "08:00"}, "weights": [1, 2.5], "名": None}

    changed = await store.campaigns.set_settings(campaign.id, rules, now=NOW + 1, who="li")
    same = await store.campaigns.set_settings(campaign.id, dict(rules), now=NOW + 2, who="li")

    assert changed.settings_version == same.settings_version == 2
    assert await second.campaigns.get(campaign.id) == changed
    assert changed.settings == rules
    trail = await second.audit.list(subject=campaign.id)
    assert [(e.at, e.who, e.before, e.after) for e in trail] == [
        (NOW + 1, "li", {}, rules),
        (NOW, "ops", None, {}),
    ]


async def test_changes_of_a_campaign_are_in_the_audit_trail(
    store: Store, campaign: Campaign
) -> None:
    await store.campaigns.set_settings(campaign.id, {"a": 1}, now=NOW + 1, who="li")
    await store.campaigns.set_state(campaign.id, CampaignState.RUNNING, now=NOW + 2, who="wu")
    await store.campaigns.set_state(campaign.id, CampaignState.RUNNING, now=NOW + 3, who="wu")

    trail = await store.audit.list(subject=campaign.id)

    assert [(e.at, e.who, e.what, e.before, e.after) for e in trail] == [
        (NOW + 2, "wu", "campaign.state", "stopped", "running"),
        (NOW + 1, "li", "campaign.settings", {}, {"a": 1}),
        (NOW, "ops", "campaign.create", None, {}),
    ]


async def test_campaigns_are_found_by_name_and_in_the_order_they_were_made(
    store: Store, campaign: Campaign
) -> None:
    later = await store.campaigns.create("a", pool="p", settings={}, now=NOW, who="ops")

    assert await store.campaigns.by_name("spring") == campaign
    assert await store.campaigns.by_name("none") is None
    assert await store.campaigns.get("none") is None
    assert [c.id for c in await store.campaigns.list(EVERYTHING)] == [campaign.id, later.id]


async def test_a_campaigns_name_is_its_own(store: Store, campaign: Campaign) -> None:
    with pytest.raises(AlreadyExistsError, match="spring"):
        await store.campaigns.create("spring", pool="p", settings={}, now=NOW, who="ops")
    assert await store.campaigns.list(EVERYTHING) == [campaign]


async def test_an_unknown_campaign_cannot_be_changed(store: Store) -> None:
    with pytest.raises(NotFoundError):
        await store.campaigns.set_state("x", CampaignState.PAUSED, now=NOW, who="ops")
    with pytest.raises(NotFoundError):
        await store.campaigns.set_settings("x", {}, now=NOW, who="ops")


async def test_reps_are_kept_with_their_skills(store: Store, second: Store) -> None:
    await store.agents.add(MEI)
    await store.agents.add(Agent(id="X2", name="bo", endpoint="bo", pool="care", enabled=False))

    assert await second.agents.get("X1") == MEI
    assert await second.agents.by_name("mei") == MEI
    assert [agent.name for agent in await second.agents.list(EVERYTHING)] == ["bo", "mei"]
    assert [agent.name for agent in await second.agents.list(EVERYTHING, pool="sales")] == ["mei"]


async def test_two_reps_cannot_have_one_name(store: Store) -> None:
    await store.agents.add(MEI)
    with pytest.raises(AlreadyExistsError):
        await store.agents.add(Agent(id="X2", name="mei", endpoint="e", pool="p"))
    with pytest.raises(AlreadyExistsError):
        await store.agents.add(Agent(id="X1", name="other", endpoint="e", pool="p"))
    await store.agents.add(Agent(id="X2", name="bo", endpoint="e", pool="p"))
    with pytest.raises(AlreadyExistsError):
        await store.agents.update(Agent(id="X2", name="mei", endpoint="e", pool="p"))


async def test_a_rep_can_be_changed(store: Store) -> None:
    await store.agents.add(MEI)
    changed = Agent(id="X1", name="mei", endpoint="new", pool="care", language="zh")

    await store.agents.update(changed)

    assert await store.agents.get("X1") == changed
    with pytest.raises(NotFoundError):
        await store.agents.update(Agent(id="X9", name="nobody", endpoint="e", pool="p"))


async def test_who_is_logged_in_outlives_the_engine(store: Store, second: Store) -> None:
    await store.agents.add(MEI)
    session = AgentSession(
        agent_id="X1", pool="sales", logged_in_at=NOW, state="ready", state_at=NOW, leg="L1"
    )
    await store.agents.save_session(session)
    paused = AgentSession(
        agent_id="X1", pool="sales", logged_in_at=NOW, state="paused", state_at=NOW + 9,
        reason="lunch", node="one", leg="L1",
    )  # fmt: skip
    await store.agents.save_session(paused)

    assert await second.agents.sessions() == [paused]
    assert await second.agents.sessions(pool="care") == []
    assert await second.agents.end_session("X1") is True
    assert await second.agents.end_session("X1") is False
    assert await store.agents.sessions() == []


async def test_nobody_unknown_can_be_logged_in(store: Store) -> None:
    session = AgentSession(agent_id="X9", pool="p", logged_in_at=NOW, state="ready", state_at=NOW)
    with pytest.raises(NotFoundError):
        await store.agents.save_session(session)


async def test_a_number_on_the_do_not_call_list_is_seen_by_everyone_at_once(
    store: Store, second: Store
) -> None:
    assert await store.dnc.check(["+1"], now=NOW) == {}

    entry = DncEntry(number="+1", reason="asked", source="rep", added_at=NOW)
    assert await second.dnc.add([entry, DncEntry(number="+2", added_at=NOW)]) == 2

    assert await store.dnc.check(["+1", "+3", "+1"], now=NOW) == {"+1": entry}
    assert await store.dnc.count() == 2
    assert await second.dnc.remove(["+1", "+9"]) == 1
    assert await store.dnc.check(["+1"], now=NOW) == {}


async def test_an_entry_with_an_expiry_holds_until_then(store: Store) -> None:
    await store.dnc.add([DncEntry(number="+1", added_at=NOW, expires_at=NOW + 10)])

    assert "+1" in await store.dnc.check(["+1"], now=NOW + 9.5)
    assert await store.dnc.check(["+1"], now=NOW + 10) == {}


@pytest.mark.parametrize(
    ("first", "second_", "kept"),
    [(10, None, None), (None, 10, None), (10, 20, 20), (20, 10, 20)],
)
async def test_adding_a_number_again_never_shortens_its_time(
    store: Store, first: float | None, second_: float | None, kept: float | None
) -> None:
    def entry(expiry: float | None) -> DncEntry:
        at = None if expiry is None else NOW + expiry
        return DncEntry(number="+1", added_at=NOW, expires_at=at)

    assert await store.dnc.add([entry(first)]) == 1
    assert await store.dnc.add([entry(second_)]) == 0

    assert await store.dnc.check(["+1"], now=NOW) == {"+1": entry(kept)}


async def test_recordings_are_found_by_id_attempt_and_state(store: Store) -> None:
    raw = Recording(
        id="R1", attempt_id="A1", path="a.wav", state=RecordingState.RAW, created_at=NOW
    )
    ready = Recording(
        id="R1", attempt_id="A1", path="a.flac", state=RecordingState.READY, created_at=NOW,
        seconds=61.5, bytes=3_000_000_000, sha256="ab", codec="flac",
    )  # fmt: skip
    await store.recordings.add(raw)
    assert await store.recordings.in_state(RecordingState.RAW, limit=5) == [raw]

    await store.recordings.update(ready)

    assert await store.recordings.get("R1") == ready
    assert await store.recordings.of_attempt("A1") == [ready]
    assert await store.recordings.in_state(RecordingState.RAW, limit=5) == []
    with pytest.raises(NotFoundError):
        await store.recordings.update(
            Recording(id="R9", attempt_id="A", path="", state=RecordingState.RAW, created_at=NOW)
        )


async def test_several_recordings_are_kept_at_once_and_one_kept_again_replaces_itself(
    store: Store,
) -> None:
    def ready(name: str, seconds: float) -> Recording:
        return Recording(
            id=name, attempt_id=name, path=f"{name}.flac", state=RecordingState.READY,
            created_at=NOW, seconds=seconds,
        )  # fmt: skip

    await store.recordings.add(ready("R1", 1.0), ready("R2", 2.0))
    await store.recordings.add(ready("R2", 2.5), ready("R3", 3.0))

    found = await store.recordings.in_state(RecordingState.READY, limit=9)
    assert [(one.id, one.seconds) for one in found] == [("R1", 1.0), ("R2", 2.5), ("R3", 3.0)]


async def test_the_audit_trail_gives_the_newest_first(store: Store) -> None:
    for i in range(3):
        await store.audit.record(
            AuditEntry(at=NOW + i, who="li", what="dnc.add", subject=f"s{i % 2}", after=[i])
        )

    assert [e.after for e in await store.audit.list()] == [[2], [1], [0]]
    assert [e.after for e in await store.audit.list(limit=1)] == [[2]]
    assert [e.after for e in await store.audit.list(subject="s1")] == [[1]]


async def test_a_store_that_is_there_answers(store: Store) -> None:
    await store.ping()
