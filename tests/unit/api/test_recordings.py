"""Recordings over the API: whose they are, parts of them, and who listened."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.features.recordings.ranges import wanted
from dialer.ports.store import (
    Agent,
    ClosedAttempt,
    LeadNext,
    LeadNumber,
    NewAttempt,
    NewLead,
    Recording,
    StoreError,
)
from dialer.words import LeadState, RecordingState
from recordings.encoding import encode
from recordings.encryption import encrypt_file, make_key
from recordings.library import Library

SOUND = bytes(n % 251 for n in range(200_000))


def slug(answer) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def kept(world, people, tmp_path: Path) -> Library:
    """A recording of each of three reps, and one of nobody; those of n1 and s1 encrypted."""
    world.read_settings(
        "[pool.north]\n[pool.south]\n[campaign.spring]\npool='north'\n"
        "[campaign.autumn]\npool='south'\n"
    )
    key = make_key(tmp_path / "key")
    world.library = Library(tmp_path / "recordings", key=key)
    for code, pool, squad in (("n1", "north", "one"), ("n2", "north", "two"), ("s1", "south", "")):
        await world.store.agents.add(Agent(id=code, name=code, endpoint=code, pool=pool))
        await people.add("rep", code, team=pool, squad=squad, agent=code)
    for campaign, agents in (("spring", ["n1", "n2", None]), ("autumn", ["s1"])):
        made = await world.store.campaigns.create(
            campaign, pool="north" if campaign == "spring" else "south", settings={}, now=1, who="x"
        )
        for agent in agents:
            await record(world, made.id, campaign, agent, key)
    return world.library


async def record(world, campaign_id: str, campaign: str, agent: str | None, key) -> None:
    name, store = f"R-{agent or 'none'}", world.store
    number = f"+4930123{len(store.recordings.rows):05}"
    lead = NewLead(numbers=[LeadNumber(number)])
    (lead_id,) = (await store.leads.add(campaign_id, [lead], now=1.0)).lead_ids
    await store.leads.claim(campaign_id, 1, now=2.0, claim_id="c")
    await store.attempts.open(
        [
            NewAttempt(
                attempt_id=name, campaign_id=campaign_id, lead_id=lead_id, number=number,
                caller_id="", trunk="t", node="n", placed_at=10.0,
            )
        ]
    )  # fmt: skip
    await store.attempts.close(
        [
            ClosedAttempt(
                attempt_id=name, ended_at=20.0, outcome="connected", agent=agent, talk_seconds=5.0,
                lead=LeadNext(LeadState.DONE),
            )
        ]
    )  # fmt: skip
    path = f"2026-11-22/{campaign}/{name}.flac" + (".enc" if agent in {"n1", "s1"} else "")
    file = world.library.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(SOUND)
    if path.endswith(".enc"):
        encrypt_file(file, key)
    await store.recordings.add(
        Recording(
            id=name, attempt_id=name, path=path, state=RecordingState.READY, created_at=20.0,
            seconds=5.0, bytes=len(SOUND), codec="flac",
        )
    )  # fmt: skip


@pytest.mark.parametrize("of", ["n1", "n2"])
@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        (None, 0, 200_000),
        ("bytes=0-0", 0, 1),
        ("bytes=100-65535", 100, 65_536),
        ("bytes=65536-", 65_536, 200_000),
        ("bytes=65530-131080", 65_530, 131_081),
        ("bytes=-7", 199_993, 200_000),
        ("bytes=199999-999999999", 199_999, 200_000),
        ("nonsense", 0, 200_000),
    ],
)
async def test_any_part_can_be_heard_encrypted_or_not(kept, people, of, asked, start, stop) -> None:
    headers = {} if asked is None else {"Range": asked}
    async with people.browser(await people.add("qa", team="north")) as client:
        answer = await client.get(f"/api/v1/recordings/R-{of}/audio", headers=headers)

    assert answer.content == SOUND[start:stop]
    is_part = asked is not None and asked.startswith("bytes")
    assert answer.status_code == (206 if is_part else 200)
    assert answer.headers["content-type"] == "audio/flac"
    assert answer.headers.get("content-range") == (
        f"bytes {start}-{stop - 1}/200000" if is_part else None
    )


async def test_a_part_beyond_the_end_is_none(kept, people, world) -> None:
    async with people.browser(await people.add("qa", team="north")) as client:
        answer = await client.get(
            "/api/v1/recordings/R-n1/audio", headers={"Range": "bytes=200000-"}
        )

    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */200000")
    assert await world.store.audit.list(subject="R-n1") == []


async def test_listening_is_noted_first_and_once_for_all_parts(kept, people, world) -> None:
    async with people.browser(await people.add("qa", team="north")) as client:
        for asked in ("bytes=0-9", "bytes=10-19", "bytes=0-"):
            await client.get("/api/v1/recordings/R-n1/audio", headers={"Range": asked})

    (entry,) = await world.store.audit.list(subject="R-n1")
    assert (entry.who, entry.what, entry.after) == (
        "qa", "recording.listen", {"campaign": "spring", "agent": "n1"},
    )  # fmt: skip


async def test_nothing_is_heard_that_cannot_be_noted(kept, people, world, monkeypatch) -> None:
    async def fail(entry) -> None:
        raise StoreError("down")

    qa = await people.add("qa", team="north")
    monkeypatch.setattr(world.store.audit, "record", fail)
    async with people.browser(qa) as client:
        answer = await client.get("/api/v1/recordings/R-n2/audio")

    assert slug(answer) == "503 store-unavailable"
    assert SOUND[:100] not in answer.content


@pytest.mark.parametrize(
    ("role", "squad", "seen"),
    [
        ("supervisor", "one", ["R-none", "R-n1"]),
        ("manager", "", ["R-none", "R-n2", "R-n1"]),
        ("admin", "", ["R-s1", "R-none", "R-n2", "R-n1"]),
    ],
)
async def test_recordings_are_those_of_the_own_people(kept, people, role, squad, seen) -> None:
    async with people.browser(await people.add(role, team="north", squad=squad)) as client:
        listed = (await client.get("/api/v1/recordings")).json()["recordings"]
        assert [it["id"] for it in listed] == seen
        for other in {"R-n1", "R-n2", "R-s1", "R-x"} - set(seen):
            for what in ("", "/audio"):
                answer = await client.get(f"/api/v1/recordings/{other}{what}")
                assert slug(answer) == "404 no-such-recording"
        page = (await client.get("/api/v1/recordings?limit=1")).json()
        rest = (await client.get(f"/api/v1/recordings?below={page['next']}")).json()
        assert [it["id"] for it in page["recordings"] + rest["recordings"]] == seen


async def test_numbers_are_masked_and_filters_hold(kept, people) -> None:
    async with people.browser(await people.add("supervisor", team="north", squad="one")) as client:
        (one,) = (await client.get("/api/v1/recordings?agent=n1")).json()["recordings"]
        assert "+49" not in one["number"]
        assert slug(await client.get("/api/v1/recordings?agent=n2")) == "404 no-such-rep"
        assert slug(await client.get("/api/v1/recordings?campaign=autumn")) == (
            "404 no-such-campaign"
        )
        assert (await client.get("/api/v1/recordings?since=21")).json()["recordings"] == []


async def test_what_is_gone_or_damaged_says_so(kept, people, world) -> None:
    file = kept.root / "2026-11-22/spring/R-n2.flac"
    file.unlink()
    world.library = Library(kept.root)
    async with people.browser(await people.add("qa", team="north")) as client:
        assert slug(await client.get("/api/v1/recordings/R-n2/audio")) == "409 nothing-to-play"
        assert slug(await client.get("/api/v1/recordings/R-n1/audio")) == "409 cannot-be-played"


@given(st.text(max_size=30) | st.from_regex(r"bytes=\d{0,4}-\d{0,4}"), st.integers(0, 3000))
def test_a_part_always_lies_inside(header: str, size: int) -> None:
    found = wanted(header, size)

    assert found in {None, "unsatisfiable"} or 0 <= found[0] < found[1] <= size


async def test_a_wave_shows_each_side_apart_is_for_listeners_and_is_no_listening(
    kept, people, world, tmp_path
) -> None:
    loud_then_quiet = array("h", [v for n in range(16_000) for v in _sides(n)])
    raw = tmp_path / "raw"
    raw.write_bytes(loud_then_quiet.tobytes())
    made = encode(raw, tmp_path / "made", "flac")
    for of in ("n1", "n2"):
        row = await world.store.recordings.get(f"R-{of}")
        file = kept.root / row.path
        file.write_bytes(made.path.read_bytes())
        if of == "n1":
            encrypt_file(file, kept._key)
    async with people.browser(await people.add("qa", team="north")) as client:
        waves = [await client.get(f"/api/v1/recordings/R-{of}/wave") for of in ("n1", "n2")]
        other = await client.get("/api/v1/recordings/R-s1/wave")

    wave = waves[0].json()
    assert waves[1].json() == wave, "encrypted or not"
    assert (wave["seconds"], len(wave["callee"]), len(wave["rep"])) == (2.0, 800, 800)
    assert set(wave["callee"][:400]) == {124}
    assert set(wave["callee"][400:]) == {0}
    assert set(wave["rep"][:400]) == {0}
    assert set(wave["rep"][400:]) == {255}, "the loudest there is, which is negative"
    assert slug(other) == "404 no-such-recording"
    assert [it for it in await world.store.audit.list() if it.what == "recording.listen"] == []


async def test_what_is_no_sound_has_no_wave(kept, people) -> None:
    async with people.browser(await people.add("qa", team="north")) as client:
        assert slug(await client.get("/api/v1/recordings/R-n2/wave")) == "409 cannot-be-played"


def _sides(frame: int) -> tuple[int, int]:
    """The callee speaks for a second, then the rep."""
    return (16_000, 0) if frame < 8_000 else (0, -32_768)
