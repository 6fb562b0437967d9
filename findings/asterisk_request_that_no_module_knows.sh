#!/usr/bin/env bash
# Asterisk 22.10.1: a request within a call that no loaded module knows gets no answer at all.
#
# Expected: 405 or 501, as SIP asks for a method that is not supported.
# Seen: nothing, for REFER without res_pjsip_refer as for INFO without a module of its own: a phone sends it again for
#   32 s, often with the call on hold meanwhile. With the module REFER is answered at once.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
printf '[default]\nexten=>s,1,Answer()\n same=>n,Wait(60)\n' >"$ETC/extensions.conf"
cat >"$DIR/ask.py" <<'PY'
from line import Ami, Callee

ami, callee = Ami(), Callee()
ami.call("one")
ami.up("one")
callee.until("ACK")
callee.ask("INFO", count=7)
callee.ask("REFER", ["Refer-To: <sip:100@127.0.0.1:26060>"], count=8)
for request in ("7 INFO", "8 REFER"):
    try:
        print(request, callee.until("SIP/2.0", request, 4).splitlines()[0])
    except AssertionError:
        print(request, "nothing")
PY
asterisk_with
python3 "$DIR/ask.py" | tee "$DIR/without"
asterisk_with res_pjsip_refer
python3 "$DIR/ask.py" | tee "$DIR/with"
grep -q '7 INFO nothing' "$DIR/without"
grep -q '8 REFER nothing' "$DIR/without"
grep -q '8 REFER SIP/2.0 ' "$DIR/with"
