#!/usr/bin/env bash
# Asterisk 22.10.1: AMD() does not hear the silence of a phone that says it by comfort noise.
#
# Expected: comfort noise (RFC 3389) says "silence from here on", so who says a word and then waits is HUMAN as soon as
#   with a phone that goes on sending packets.
# Seen: HUMAN after 0.8 s of packets of silence; with one packet of comfort noise NOTSURE, and only when all 5 s of
#   total_analysis_time are over.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
printf '[general]\n' >"$ETC/amd.conf"
printf '[default]\nexten=>s,1,Answer()\n same=>n,AMD()\n same=>n,Wait(60)\n' >"$ETC/extensions.conf"
asterisk_with app_amd
python3 - <<'PY'
import time

from line import SILENCE, Ami, Callee

ami, callee, seen = Ami(), Callee(), {}
for name in ("packets of silence", "comfort noise"):
    channel = name.split()[0]
    callee.seen.clear()
    ami.call(channel)
    ami.up(channel)
    callee.until("ACK")
    start = time.monotonic()
    callee.speak(0.4, 1, 1000)
    if channel == "packets":
        callee.speak(2, 1, 1020, load=SILENCE)
    else:
        callee.speak(0.02, 1, 1020, kind=13, load=b"\x40")
    place = ami.until("Newexten", channel, Application="Wait")["Channel"]
    read = lambda variable: ami.action("Getvar", Channel=place, Variable=variable)["Value"]
    seen[channel] = read("AMDSTATUS")
    print(f"{name}: {seen[channel]} {read('AMDCAUSE')}, {time.monotonic() - start:.1f} s")
assert seen == {"packets": "HUMAN", "comfort": "NOTSURE"}
PY
