#!/usr/bin/env bash
# Asterisk 22.10.1: the header Reason of a final SIP response does not change the hang-up cause.
#
# Expected: "480" with "Reason: Q.850;cause=1" (unallocated number, as networks say it for a number that does not exist)
#   ends the channel with cause 1; res_pjsip_rfc3326, which is there to read and write that header, is loaded.
# Seen: cause 19, as for every 480: a person who does not answer. The same header in a BYE is read.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
printf '[default]\nexten=>s,1,Answer()\n same=>n,Wait(60)\n' >"$ETC/extensions.conf"
asterisk_with res_pjsip_rfc3326
python3 - <<'PY'
from line import Ami, Callee

ami, callee, seen = Ami(), Callee(), {}
unallocated = ["Reason: Q.850;cause=1"]
for name, answer in {"480": ("480 Unavailable", []), "480 cause=1": ("480 Unavailable", unallocated),
                     "BYE cause=31": ("200 OK", [])}.items():
    channel = name.replace(" ", "-")
    callee.answer = answer
    ami.call(channel)
    if answer[0] == "200 OK":
        ami.up(channel)
        callee.until("ACK")
        callee.ask("BYE", ["Reason: Q.850;cause=31"])
    seen[name] = ami.until("Hangup", channel)["Cause"]
print(seen)
assert seen == {"480": "19", "480 cause=1": "19", "BYE cause=31": "31"}
PY
