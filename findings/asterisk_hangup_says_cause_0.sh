#!/usr/bin/env bash
# Asterisk 22.10.1: after the manager's Hangup without a Cause, the BYE says "Reason: Q.850;cause=0".
#
# Expected: cause 16, normal clearing, or no header Reason; Q.850 has no cause 0.
# Seen: cause=0 goes to the far end, which may be a carrier that counts causes. `Cause: 16` in the action helps.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
printf '[default]\nexten=>s,1,Answer()\n same=>n,Wait(60)\n' >"$ETC/extensions.conf"
asterisk_with res_pjsip_rfc3326
python3 - <<'PY'
from line import Ami, Callee, field

ami, callee, seen = Ami(), Callee(), {}
for name, more in {"without": {}, "with": {"Cause": 16}}.items():
    ami.call(name)
    ami.up(name)
    channel = ami.until("Newchannel", name)["Channel"]
    ami.action("Hangup", Channel=channel, **more)
    ami.until("Hangup", name)
    seen[name] = field(callee.until("BYE"), "Reason")
    callee.seen.clear()
print(seen)
assert seen == {"without": "Q.850;cause=0", "with": "Q.850;cause=16"}
PY
