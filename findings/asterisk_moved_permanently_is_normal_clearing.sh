#!/usr/bin/env bash
# Asterisk 22.10.1: a call that is answered by 301 Moved Permanently ends with cause 16, "Normal Clearing".
#
# Expected: a cause that says that the call was not taken, as 302 gives 23 (redirected): 22 is "number changed".
# Seen: 16, which a call has that was answered and ended well.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
printf '[default]\nexten=>s,1,Answer()\n' >"$ETC/extensions.conf"
asterisk_with
python3 - <<'PY'
from line import Ami, Callee

ami, callee, seen = Ami(), Callee(), {}
for status in ("301 Moved Permanently", "302 Moved Temporarily"):
    channel = status.split()[2]
    callee.answer = (status, ["Contact: <sip:999@127.0.0.1:26070>"])
    ami.call(channel)
    hangup = ami.until("Hangup", channel)
    seen[status[:3]] = hangup["Cause"]
    print(status, hangup["Cause"], hangup["Cause-txt"])
assert seen == {"301": "16", "302": "23"}
PY
