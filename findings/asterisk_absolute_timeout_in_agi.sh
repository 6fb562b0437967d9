#!/usr/bin/env bash
# Asterisk 22.10.1: TIMEOUT(absolute) does not end a call that is in AGI.
#
# Expected: a call with TIMEOUT(absolute)=1 ends, or goes to extension T, a second later wherever it is, as one in
#   Wait() does.
# Seen: with a FastAGI server that takes the connection and says nothing the call is still up after 5 s. With the
#   variable AGIEXITONHANGUP=yes it does end.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
cat >"$ETC/extensions.conf" <<'CONF'
[default]
exten=>wait,1,Set(TIMEOUT(absolute)=1)
 same=>n,Wait(60)
exten=>agi,1,Set(TIMEOUT(absolute)=1)
 same=>n,AGI(agi://127.0.0.1:26080)
exten=>exits,1,Set(AGIEXITONHANGUP=yes)
 same=>n,Goto(agi,1)
exten=>T,1,Hangup()
CONF
asterisk_with res_speech res_agi func_timeout
python3 - <<'PY'
import socket

from line import Ami, Callee

server = socket.create_server(("127.0.0.1", 26080))
ami, callee, seen = Ami(), Callee(), {}
for exten in ("wait", "exits", "agi"):
    ami.call(exten, exten)
    try:
        ami.until("Hangup", exten, seconds=5)
        seen[exten] = "ended"
    except AssertionError:
        seen[exten] = "up after 5 s"
print(seen)
assert seen == {"wait": "ended", "exits": "ended", "agi": "up after 5 s"}
PY
