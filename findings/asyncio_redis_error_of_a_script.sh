#!/usr/bin/env bash
# asyncio-redis 0.16.0: every error of a Lua script is raised as ScriptKilledError, without the server's words.
#
# Expected: an error that says what Redis said; ScriptKilledError for a script that SCRIPT KILL has ended.
# Seen: a script that adds a text to a number was "killed" as well, and so was one that the server has forgotten
#   (NOSCRIPT), which only needs to be loaded again.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with asyncio-redis==0.16.0
python - <<'PY'
import asyncio

import asyncio_redis

SAYS = ["ERR user_script:1: attempt to perform arithmetic on a string value script: 5f0c, on @user_script:1.",
        "NOSCRIPT No matching script. Please use EVAL."]


async def main() -> None:
    answers = iter(SAYS)

    async def redis(reader, writer) -> None:  # answers as Redis 7 does
        while (line := await reader.readline()).startswith(b"*"):
            words = []
            for _ in range(int(line[1:])):
                size = int((await reader.readline())[1:])
                words.append((await reader.readexactly(size + 2))[:-2])
            sha = b"$40\r\n" + b"5" * 40 + b"\r\n"
            writer.write(f"-{next(answers)}\r\n".encode() if words[0].upper() == b"EVALSHA" else sha)

    server = await asyncio.start_server(redis, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    connection = await asyncio_redis.Connection.create("127.0.0.1", port)
    script = await connection.register_script("return 1 + ARGV[1]")
    raised = []
    for said in SAYS:
        try:
            await script.run(args=["pen"])
        except Exception as error:
            raised.append(error)
            print(said, "->", repr(error))
    connection.close()
    await asyncio.sleep(0.2)
    assert [type(error) for error in raised] == [asyncio_redis.exceptions.ScriptKilledError] * 2
    assert not any("user_script" in str(error) or "NOSCRIPT" in str(error) for error in raised)


asyncio.run(main())
PY
