#!/usr/bin/env bash
# Asterisk 22.10.1: the Reason of an OriginateResponse is 0 for a callee that is busy.
#
# Expected: 5, which stands for busy where 3 stands for ringing and 8 for congestion; a callee that does not answer in
#   time gives 3 indeed.
# Seen: 0, which stands for no extension or number. Only the Hangup of the channel tells: Cause 17.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
printf '[default]\nexten=>s,1,Answer()\n' >"$ETC/extensions.conf"
asterisk_with
python3 - <<'PY'
from line import Ami, Callee

ami, callee, seen = Ami(), Callee(), {}
for status in ("486 Busy Here", "180 Ringing"):
    channel = status.split()[1]
    callee.answer = (status, ())
    ami.call(channel, Timeout=2000)
    response = ami.until("OriginateResponse", channel)
    seen[status] = (response["Response"], response["Reason"], ami.until("Hangup", channel)["Cause"])
    print(status, "Response, Reason, Cause:", *seen[status])
assert seen == {"486 Busy Here": ("Failure", "0", "17"), "180 Ringing": ("Failure", "3", "19")}
PY
