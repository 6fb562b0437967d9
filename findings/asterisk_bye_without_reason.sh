#!/usr/bin/env bash
# Asterisk 22.10.1: a callee that hangs up while it is not bridged ends its channel with cause 0.
#
# Expected: 16, normal clearing: a BYE ends an answered call in the normal way, and has no header Reason as a rule.
# Seen: 0, "Unknown", which a call has that never reached anybody.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
printf '[default]\nexten=>s,1,Answer()\n same=>n,Wait(60)\n' >"$ETC/extensions.conf"
asterisk_with res_pjsip_rfc3326
python3 - <<'PY'
from line import Ami, Callee

ami, callee = Ami(), Callee()
ami.call("one")
ami.up("one")
callee.until("ACK")
callee.ask("BYE")
hangup = ami.until("Hangup", "one")
print("Cause", hangup["Cause"], hangup["Cause-txt"])
assert hangup["Cause"] == "0"
PY
