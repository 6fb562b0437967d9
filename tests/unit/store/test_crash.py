"""The process is killed between two attempts: what it was told is on disk, nothing else is."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from dialer.ports.scope import EVERYTHING
from dialer.store import open_store
from dialer.words import LeadState

# Claims five leads at a time and opens attempts for three of them, telling of each batch.
DIALER = """
import asyncio, sys
from dialer.ids import new_id
from dialer.ports.store import LeadNumber, NewAttempt, NewLead
from dialer.store import open_store

def attempt(lead):
    return NewAttempt(attempt_id=new_id(), campaign_id=lead.campaign_id, lead_id=lead.id,
                      number=lead.numbers[0].number, caller_id="", trunk="", node="", placed_at=1.0)

async def main():
    store = await open_store(sys.argv[1])
    campaign = await store.campaigns.create("c", pool="p", settings={}, now=0.0, who="ops")
    leads = [NewLead(numbers=[LeadNumber(f"+1202555{i:04}")]) for i in range(500)]
    await store.leads.add(campaign.id, leads, now=0.0)
    while claimed := await store.leads.claim(campaign.id, 5, now=1.0, claim_id="killed"):
        opened = await store.attempts.open([attempt(lead) for lead in claimed[:3]])
        print(*opened, flush=True)

asyncio.run(main())
"""


def told_before_the_kill(url: str) -> set[str]:
    """Let the dialer open a few batches, kill it, and say which attempts it told of."""
    command = [sys.executable, "-c", DIALER, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [attempt for _ in range(4) for attempt in process.stdout.readline().split()]
        process.kill()
        told += process.stdout.read().split()
    assert process.returncode == -signal.SIGKILL
    return set(told)


async def test_after_a_kill_every_attempt_that_was_told_of_is_open_and_no_lead_is_lost(
    tmp_path: Path,
) -> None:
    url = str(tmp_path / "dialer.db")
    told = told_before_the_kill(url)

    store = await open_store(url)
    [campaign] = await store.campaigns.list(EVERYTHING)
    still_open = await store.attempts.still_open()
    assert {attempt.attempt_id for attempt in still_open} >= told != set()

    await store.leads.release_claims(campaign_id=campaign.id)
    counts = await store.leads.counts(campaign.id)
    assert counts[LeadState.CALLING] == len(still_open)
    assert counts[LeadState.CALLING] + counts.get(LeadState.NEW, 0) == 500
    await store.close()
