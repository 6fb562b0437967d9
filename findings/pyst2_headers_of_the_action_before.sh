#!/usr/bin/env bash
# pyst2 0.5.1: an action given by keywords carries the headers of the actions before it.
#
# Expected: send_action(Action="Ping") sends a Ping and its ActionID.
# Seen: it has the Channel of the action before as well, for the dictionary that collects the keywords is made once.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with pyst2==0.5.1
timeout 60 python - <<'PY'
import os
import socket
import threading

from asterisk.manager import Manager

server = socket.create_server(("127.0.0.1", 0))
received = []


def switch() -> None:
    link, _ = server.accept()
    link.sendall(b"Asterisk Call Manager/9.0.0\r\n")
    text = ""
    while part := link.recv(4096):
        *actions, text = (text + part.decode()).split("\r\n\r\n")
        for action in actions:
            received.append(dict(line.split(": ", 1) for line in action.split("\r\n")))
            link.sendall(f"Response: Success\r\nActionID: {received[-1]['ActionID']}\r\n\r\n".encode())


threading.Thread(target=switch, daemon=True).start()
manager = Manager()
manager.connect("127.0.0.1", server.getsockname()[1])
manager.login("me", "s")
manager.send_action(Action="Getvar", Channel="PJSIP/one-00000001", Variable="CALLED")
manager.send_action(Action="Ping")
ping = received[-1]
print(ping, flush=True)
assert ping["Action"] == "Ping" and ping["Channel"] == "PJSIP/one-00000001"
os._exit(0)  # its threads go on for ever
PY
