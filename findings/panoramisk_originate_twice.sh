#!/usr/bin/env bash
# panoramisk 1.4: an Originate is sent a second time when the link breaks before it is answered.
#
# Expected: the future of the action ends with an error, so that whoever called can ask what became of it: the switch may
#   have placed the call.
# Seen: the action is sent again over the next link, with the same ActionID: two calls to one customer.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with panoramisk==1.4
python - <<'PY'
import asyncio

from panoramisk import Manager


async def main() -> None:
    originates, links = [], 0

    async def switch(reader, writer) -> None:
        nonlocal links
        links += 1
        writer.write(b"Asterisk Call Manager/9.0.0\r\n")
        while line := await reader.readline():
            lines = {}
            while line.strip():
                name, _, value = line.decode().strip().partition(": ")
                lines[name] = value
                line = await reader.readline()
            if lines["Action"] == "Originate":
                originates.append(lines["ActionID"])
                if links == 1:  # taken, and then the link breaks
                    writer.close()
                    return
            writer.write(f"Response: Success\r\nActionID: {lines['ActionID']}\r\n\r\n".encode())
            if lines["Action"].lower() == "login":
                writer.write(b"Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n")

    server = await asyncio.start_server(switch, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    manager = Manager(host="127.0.0.1", port=port, username="me", secret="s", ping_delay=60)
    await manager.connect()
    asked = manager.send_action({"Action": "Originate", "Channel": "PJSIP/callee", "Async": "true",
                                 "Context": "default", "Exten": "s", "Priority": "1"})
    for _ in range(200):
        await asyncio.sleep(0.05)
        if len(originates) > 1:
            break
    manager.close()
    await asyncio.sleep(0.2)
    print(f"asked for once; {links} links, Originate received {len(originates)} times: {originates}")
    assert len(originates) == 2 and originates[0] == originates[1]


asyncio.run(main())
PY
