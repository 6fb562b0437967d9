#!/usr/bin/env bash
# panoramisk 1.4: CallManager takes calls that begin in the same second for one call.
#
# Expected: a Call for each Uniqueid, 1796000000.7 and 1796000000.8: the number behind the dot is what makes it unique.
# Seen: it is cut off. Two customers, one queue of events: who waits for the one gets the hang-up of the other.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with panoramisk==1.4
python - <<'PY'
import asyncio

from panoramisk.call_manager import CallManager
from panoramisk.message import Message


async def main() -> None:
    manager = CallManager()
    for number in (7, 8):
        manager.dispatch(Message({"Event": "Hangup", "Uniqueid": f"1796000000.{number}"}))
    for _ in range(20):
        await asyncio.sleep(0.01)
    queues = {name: call.queue.qsize() for name, call in manager.calls_queues.items()}
    print("calls and how many events each has:", queues)
    assert queues == {"1796000000": 2}


asyncio.run(main())
PY
