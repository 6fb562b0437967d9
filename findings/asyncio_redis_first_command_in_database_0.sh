#!/usr/bin/env bash
# asyncio-redis 0.16.0: with a password and a database, the first command of a connection may run in database 0.
#
# Expected: a connection that create() has given is logged in and in the database that was asked for.
# Seen: AUTH and the command of the caller arrive before SELECT.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with asyncio-redis==0.16.0
python - <<'PY'
import asyncio

import asyncio_redis


async def main() -> None:
    received = []

    async def redis(reader, writer) -> None:  # says OK to everything, as Redis does to these three
        while (line := await reader.readline()).startswith(b"*"):
            words = []
            for _ in range(int(line[1:])):
                size = int((await reader.readline())[1:])
                words.append((await reader.readexactly(size + 2))[:-2].decode())
            received.append(words)
            writer.write(b"+OK\r\n")

    server = await asyncio.start_server(redis, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    connection = await asyncio_redis.Connection.create("127.0.0.1", port, password="s", db=5)
    await connection.set("pen", "blue")
    await asyncio.sleep(0.2)
    connection.close()
    await asyncio.sleep(0.2)
    print(received)
    names = [words[0].upper() for words in received]
    assert names.index("SET") < names.index("SELECT")


asyncio.run(main())
PY
