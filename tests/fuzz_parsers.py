"""Feed the AMI and AGI parsers with damaged traffic for a while.

`python tests/fuzz_parsers.py --seconds 30 [--seed N]`. Prints every seed before it is used, so that
a failure is repeated by `--seed`. Exit status 1 and the offending bytes at the first failure.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable

from agi.errors import AgiError
from agi.wire import RequestParser, parse_reply, set_variable
from dialer.asterisk.errors import AmiError, ProtocolError
from dialer.asterisk.parser import Parser, encode, variable

MAX_LINE, MAX_MESSAGE = 300, 1_200
CASES_PER_SEED = 200
PIECES = (
    b"\r\n", b"\r\n\r\n", b"\r", b"\n", b": ", b":", b"\0", b"\xff", b"\xd0",
    b"Event: ", b"ActionID: ",
    b"Event: Hangup\r\nPrivilege: call,all\r\nTimestamp: 1.5\r\nUniqueid: u1\r\n\r\n",
    b"Response: Success\r\nActionID: 7\r\nEventList: start\r\n\r\n",
    b"Asterisk Call Manager/11.0.0\r\n", "CallerIDName: Жанна 王\r\n".encode(), b"x" * 200,
    b"agi_network: yes\nagi_uniqueid: u1\nagi_arg_1: a\n\n", b"agi_", b"\n\n",
    b"200 result=1 (x)\n", b"520-Invalid\n", b"HANGUP\n",
)  # fmt: skip


def damaged(rng: random.Random) -> bytes:
    """Pieces of real traffic in any order, with bytes changed, lost and doubled."""
    data = bytearray(b"".join(rng.choice(PIECES) for _ in range(rng.randint(0, 30))))
    for _ in range(rng.randint(0, 8)):
        if not data:
            break
        at = rng.randrange(len(data))
        match rng.randrange(3):
            case 0:
                data[at] = rng.randrange(256)
            case 1:
                del data[at]
            case _:
                data[at:at] = data[at : at + rng.randint(1, 40)]
    return bytes(data)


def cut(data: bytes, rng: random.Random) -> list[bytes]:
    """`data` in random pieces."""
    pieces = []
    while data:
        size = rng.choice((1, 2, 3, 7, 64, 500))
        pieces.append(data[:size])
        data = data[size:]
    return pieces


def ami(data: bytes, rng: random.Random) -> None:
    """Whole or in pieces: the same messages, the same verdict, and no memory beyond the limit."""
    outcomes = []
    for pieces in ([data], cut(data, rng), cut(data, rng)):
        parser = Parser(max_line=MAX_LINE, max_message=MAX_MESSAGE)
        seen, failed = [], False
        for piece in pieces:
            try:
                messages = parser.feed(piece)
            except ProtocolError as error:
                messages, failed = error.messages, True
            seen += [message.raw for message in messages]
            for message in messages:
                message.get("Uniqueid"), message.pairs(), message.timestamp, message.output
            if len(data) <= MAX_MESSAGE:
                assert parser.buffered <= MAX_MESSAGE
            if failed:
                break
        outcomes.append((seen, failed))
    if not any(failed for _, failed in outcomes):
        assert all(outcome == outcomes[0] for outcome in outcomes), outcomes
    else:
        # Where exactly a limit bites may differ by a line break, what came before may not.
        shortest = min((seen for seen, _ in outcomes), key=len)
        assert all(seen[: len(shortest)] == shortest for seen, _ in outcomes), outcomes


def agi(data: bytes, rng: random.Random) -> None:
    """Whole or in pieces: the same request or a refusal."""
    outcomes = []
    for pieces in ([data], cut(data, rng)):
        parser = RequestParser(MAX_LINE, 10)
        try:
            for piece in pieces:
                if parser.feed(piece) is not None:
                    break
            found = parser.request.variables if parser.request is not None else None
        except AgiError:
            found = {"refused": ""}
        outcomes.append(found)
    assert outcomes[0] == outcomes[1], outcomes
    for line in data.split(b"\n"):
        parse_reply(line.decode("utf-8", "replace"))


def written(data: bytes, rng: random.Random) -> None:
    """Any text as a value: refused, or one header and one line."""
    text = data.decode("utf-8", rng.choice(("replace", "surrogateescape")))[: rng.randint(0, 60)]
    try:
        sent = encode([("Action", "X"), ("Value", text), variable("A", text)])
        assert sent.count(b"\n") == 4
        assert sent.count(b"\r") == 4
    except AmiError:
        pass
    try:
        line = set_variable("TO", text)
        assert line.count(b"\n") == 1
        assert b"\r" not in line
    except AgiError:
        pass


CHECKS: tuple[Callable[[bytes, random.Random], None], ...] = (ami, agi, written)


def fuzz(seed: int) -> int:
    """All cases of one seed; how many. Raises what went wrong, with the bytes on stderr."""
    rng = random.Random(seed)
    for _ in range(CASES_PER_SEED):
        data = damaged(rng)
        for check in CHECKS:
            try:
                check(data, rng)
            except BaseException:
                sys.stderr.write(f"seed {seed}, {check.__name__}: {data!r}\n")
                raise
    return CASES_PER_SEED


def main() -> None:
    """Fuzz until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="the first one; random without")
    options = parser.parse_args()
    first = random.SystemRandom().randrange(2**31) if options.seed is None else options.seed
    until, cases, seed = time.monotonic() + options.seconds, 0, first
    while time.monotonic() < until:
        print(f"seed {seed}", flush=True)
        cases += fuzz(seed)
        seed += 1
    print(f"{cases} cases, {seed - first} seeds, nothing found")


if __name__ == "__main__":
    main()
