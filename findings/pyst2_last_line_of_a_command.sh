#!/usr/bin/env bash
# pyst2 0.5.1: of what a console command says, the manager's `command` keeps the last line only.
#
# Expected: all lines. Since Asterisk 14 each comes as a header "Output: …" of its own.
# Seen: a header that comes again replaces the one before it.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with pyst2==0.5.1
timeout 60 python - <<'PY'
import os
import socket
import threading

from asterisk.manager import Manager

server = socket.create_server(("127.0.0.1", 0))
SAYS = ["Channel", "PJSIP/one-00000001", "PJSIP/two-00000002", "2 active channels"]


def switch() -> None:
    link, _ = server.accept()
    link.sendall(b"Asterisk Call Manager/9.0.0\r\n")
    text = ""
    while part := link.recv(4096):
        *actions, text = (text + part.decode()).split("\r\n\r\n")
        for action in actions:
            lines = dict(line.split(": ", 1) for line in action.split("\r\n"))
            answer = ["Response: Success", f"ActionID: {lines['ActionID']}"]
            if lines["Action"] == "Command":
                answer += ["Message: Command output follows", *(f"Output: {line}" for line in SAYS)]
            link.sendall(("\r\n".join(answer) + "\r\n\r\n").encode())


threading.Thread(target=switch, daemon=True).start()
manager = Manager()
manager.connect("127.0.0.1", server.getsockname()[1])
manager.login("me", "s")
response = manager.command("core show channels")
said = [response.get_header("Output"), list(response.data)]
print("the switch said", SAYS, "and the library has", said, sep="\n", flush=True)
assert said[0] == SAYS[-1] and not any("PJSIP" in line for line in said[1])
os._exit(0)  # its threads go on for ever
PY
