#!/usr/bin/env bash
# Asterisk 22.10.1: AGISTATUS is SUCCESS when the FastAGI server closed the connection without a word.
#
# Expected: FAILURE, as when nobody listens: the script said nothing and did nothing.
# Seen: SUCCESS, so that a dialplan which trusts it takes a server that died for one that has done its work.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
cat >"$ETC/extensions.conf" <<'CONF'
[default]
exten=>closes,1,AGI(agi://127.0.0.1:26080)
 same=>n,Wait(60)
exten=>nobody,1,AGI(agi://127.0.0.1:26081)
 same=>n,Wait(60)
CONF
asterisk_with res_speech res_agi
python3 - <<'PY'
import socket
import threading

from line import Ami, Callee

server = socket.create_server(("127.0.0.1", 26080))


def close() -> None:
    while True:
        link, _ = server.accept()
        link.recv(4096)
        link.close()


threading.Thread(target=close, daemon=True).start()
ami, callee, seen = Ami(), Callee(), {}
for exten in ("closes", "nobody"):
    ami.call(exten, exten)
    channel = ami.until("Newexten", exten, Application="Wait")["Channel"]
    seen[exten] = ami.action("Getvar", Channel=channel, Variable="AGISTATUS")["Value"]
print(seen)
assert seen == {"closes": "SUCCESS", "nobody": "FAILURE"}
PY
