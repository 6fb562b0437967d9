#!/usr/bin/env bash
# Asterisk 22.10.1: a peer that answers OPTIONS with 503 is reachable.
#
# Expected: unreachable: 503 says that it takes no calls now (and 200 to OPTIONS would mean that it would take one).
# Seen: "Reachable" in the event, "Avail" in the list of contacts: any answer will do.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
printf '[trunk]\ntype=aor\ncontact=sip:trunk@127.0.0.1:26062\nqualify_frequency=1\n[trunk]\ntype=endpoint\ncontext=default\ndisallow=all\nallow=alaw\naors=trunk\n' >"$ETC/more_pjsip.conf"
asterisk_with
python3 - <<'PY'
from line import Ami, Callee

callee = Callee()
callee.other = "503 Service Unavailable"
ami = Ami()
print(callee.until("OPTIONS").splitlines()[0])
status = ami.wait(lambda e: e.get("Event") == "ContactStatus" and e["ContactStatus"] == "Reachable")
print(status["AOR"], status["ContactStatus"])
PY
asterisk 'pjsip show contacts' | tee "$DIR/seen"
grep -q 'trunk@127.0.0.1:26062.*Avail ' "$DIR/seen"
