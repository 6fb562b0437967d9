"""A small campaign on the real Asterisk: every lead once, records, ledger and recordings agree."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from dialer.asterisk.demo_network import Behaviour, area_codes, number_for
from dialer.asterisk.ledger import read_all
from dialer.engine.plans import TrunkPlan
from dialer.features.reconcile.looking import Looker, Place
from dialer.features.reconcile.rules import GRACE_S, Found
from dialer.floor import CampaignRules, PoolRules
from dialer.floor.events import HangupAsked
from dialer.ports.store import Cdr
from dialer.ports.switch import LedgerRow
from dialer.words import RecordingState
from tests.kit.asterisk import AsteriskPair
from tests.kit.rig import Rig, RigOptions, engine_rig

pytestmark = pytest.mark.acceptance

KINDS: list[Behaviour] = [
    "speaks_3s",
    "hangs_up_after_1s",
    "busy",
    "unallocated",
    "person_en",
    "congestion",
    "rings_out",
    "hangs_up_at_once",
    "rejects",
    "stays_without_rtp",
]


def eighty_numbers() -> list[str]:
    codes = area_codes()
    return [number_for(KINDS[n % len(KINDS)], codes[n // len(KINDS)]) for n in range(80)]


async def run_campaign(rig: Rig) -> list[Cdr]:
    numbers = eighty_numbers()
    random.Random(7).shuffle(numbers)
    await rig.add_leads(numbers)
    await rig.log_in(3)
    await rig.dial()
    tally = rig.engine.tallies["main"].campaign("demo")

    def all_ended() -> bool:
        end_long_talks(rig)
        return tally.ended >= len(numbers)

    await rig.until(all_ended, 110, "80 attempts ended")
    return await rig.cdrs()


def end_long_talks(rig: Rig) -> None:
    """Callees who never hang up are let go by the rep after four seconds."""
    floor = rig.engine.runners["main"].floor
    for agent in list(floor.agents.values()):
        attempt = floor.attempts.get(agent.attempt or "")
        if attempt is None or attempt.bridged_at is None or attempt.ending_by is not None:
            continue
        if rig.engine.clock.now() - attempt.bridged_at > 4.0:
            rig.engine.runners["main"].ask(HangupAsked(agent.agent))


async def test_eighty_leads_are_dialed_once_each_and_every_account_of_it_agrees(
    asterisk_pair: AsteriskPair,
) -> None:
    options = RigOptions(
        pool=PoolRules(method="ratio", ratio=1.5),
        campaign=CampaignRules(wrapup_limit=0.0, ring_timeout=4.0),
        trunk=TrunkPlan("carrier", calls_per_second=10, caller_ids=("+12125550199",)),
    )
    async with engine_rig(asterisk_pair, options) as rig:
        cdrs = await run_campaign(rig)
        rows = {row.attempt: row for row in read_all(asterisk_pair.node.settings.ledger)}
        ledger_lines = asterisk_pair.ledger()
        # Whoever hangs up within a few milliseconds leaves no sound to keep.
        connected = [c for c in cdrs if c.outcome == "connected" and _length(c) > 0.4]
        files = {cdr.attempt_id: await _file(rig, cdr) for cdr in connected}
        differing = await _differences(rig, asterisk_pair, cdrs)
        surprises = dict(rig.observer.surprises)

    assert differing == [], "the night's own look finds nothing"
    assert sorted(cdr.number for cdr in cdrs) == sorted(eighty_numbers())
    assert len({cdr.lead_id for cdr in cdrs}) == 80
    for cdr in cdrs:
        assert sum(cdr.attempt_id in line for line in ledger_lines) == 1, cdr
        _agrees(cdr, rows[cdr.attempt_id])
    assert len(connected) >= 25, Counter(cdr.outcome for cdr in cdrs)
    for cdr in connected:
        _check_recording(cdr, files[cdr.attempt_id])
    # News of a call may come after its end, from whoever hung up at once. There is no other.
    late = {("unknown", name) for name in ("OriginateFailed", "RouteAsked", "AskerLeft")}
    assert set(surprises) <= late, surprises


async def _differences(rig: Rig, pair: AsteriskPair, cdrs: list[Cdr]) -> list[Found]:
    """What a look an hour later would find."""
    place = Place(node=cdrs[0].node, ledger=pair.node.settings.ledger, recordings=rig.recorder.root)
    looker = Looker(rig.store, lambda: place)
    later = max(cdr.ended_at or 0.0 for cdr in cdrs) + GRACE_S + 60
    days = {datetime.fromtimestamp(cdr.placed_at, UTC).date() for cdr in cdrs}
    looks = [await looker.found(day, later) for day in days]
    looker.close()
    assert sum(len(sides.calls) for sides, _ in looks) == len(cdrs)
    ours = {cdr.attempt_id for cdr in cdrs}  # the node served other tests before
    return [it for _, found in looks for it in found if it.attempt in ours]


def _length(cdr: Cdr) -> float:
    assert cdr.ended_at is not None
    assert cdr.answered_at is not None
    return cdr.ended_at - cdr.answered_at


async def _file(rig: Rig, cdr: Cdr) -> Path:
    """Where the kept recording lies, as soon as it is kept."""
    assert cdr.recording is not None
    recording = None
    async with asyncio.timeout(15):
        while recording is None or recording.state is not RecordingState.READY:
            recording = await rig.store.recordings.get(cdr.recording)
            await asyncio.sleep(0.05)
    path = Path(recording.path)
    return path if path.is_absolute() else rig.recorder.root / path


def _agrees(cdr: Cdr, row: LedgerRow) -> None:
    """Within 0.1 s of Asterisk's own account."""
    assert cdr.ended_at == pytest.approx(row.end, abs=0.1)
    assert cdr.placed_at == pytest.approx(row.start, abs=0.1)
    assert (cdr.answered_at is None) is (row.answer is None), (cdr, row)
    if row.answer is not None:
        assert cdr.answered_at == pytest.approx(row.answer, abs=0.1)


def _check_recording(cdr: Cdr, path: Path) -> None:
    """As long as the call; the callee on the left and the rep on the right, each only there."""
    audio, rate = soundfile.read(path, always_2d=True)
    assert len(audio) / rate == pytest.approx(_length(cdr), abs=0.5)
    if (cdr.talk_seconds or 0) < 0.9:
        return
    assert cdr.agent is not None
    rep_hz = 1000 + 20 * int(cdr.agent.removeprefix("rep"))
    left, right = audio[:, 0], audio[:, 1]
    assert _level(right, rate, rep_hz) > 0.01, f"{cdr.agent} is not heard"
    assert _level(left, rate, rep_hz) < 0.001, f"{cdr.agent} is heard on the callee's side"
    if cdr.number.endswith("93"):
        assert np.abs(left).max() < 0.001, "a callee who sends nothing is heard"
    else:
        assert np.sqrt(np.mean(left**2)) > 0.005, "the callee is not heard"


def _level(samples: NDArray[np.float64], rate: int, hz: float) -> float:
    """How much of a tone of `hz` is in it: 1.0 is a full-scale sine for the whole time."""
    times = np.arange(len(samples)) / rate
    return float(np.abs(2 * np.mean(samples * np.exp(-2j * np.pi * hz * times))))
