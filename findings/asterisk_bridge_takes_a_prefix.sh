#!/usr/bin/env bash
# Asterisk 22.10.1: Bridge() takes the first channel whose name begins with what it is given.
#
# Expected: BRIDGERESULT=NONEXISTENT for `PJSIP/callee-0000`, which is no channel's name.
# Seen: the caller is connected to PJSIP/callee-00000000. So a name that was cut short reaches somebody.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
cat >"$ETC/extensions.conf" <<'CONF'
[default]
exten=>waits,1,Answer()
 same=>n,Wait(60)
exten=>prefix,1,Bridge(PJSIP/callee-0000)
 same=>n,Wait(60)
exten=>other,1,Bridge(PJSIP/other-0000)
 same=>n,Wait(60)
CONF
asterisk_with bridge_builtin_features app_bridgewait
python3 - <<'PY'
from line import Ami, Callee

ami, callee = Ami(), Callee()
ami.call("waits", "waits")
name = ami.until("Newexten", "waits", Application="Wait")["Channel"]
ami.call("other", "other")
channel = ami.until("Newexten", "other", Application="Wait")["Channel"]
other = ami.action("Getvar", Channel=channel, Variable="BRIDGERESULT")["Value"]
ami.action("Hangup", Channel=channel)
ami.until("Hangup", "other")
ami.call("prefix", "prefix")
entered = ami.until("BridgeEnter", "waits")["Channel"]
print(f"other-0000: {other}; callee-0000: bridged to {entered}")
assert other == "NONEXISTENT" and entered == name
PY
