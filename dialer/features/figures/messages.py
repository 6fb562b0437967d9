"""What the service and the process that answers say to each other: a length, then msgpack."""

from __future__ import annotations

from msgspec import Struct, msgpack

from figures.answer import Answer
from figures.behind import Behind, Rows
from figures.question import Question

LENGTH_BYTES = 4


class Job(Struct, frozen=True):
    """What the process is for. The first message to it."""

    url: str
    folder: str
    memory_mb: int
    threads: int


class Ask(Struct, frozen=True, tag=True):
    question: Question
    today: int


class Drill(Struct, frozen=True, tag=True):
    """For the rows behind a number."""

    behind: Behind
    today: int


class Build(Struct, frozen=True, tag=True):
    """`most`: so many files, and then whoever asks has a turn."""

    today: int
    most: int


class Forget(Struct, frozen=True, tag=True):
    pass


class Answered(Struct, frozen=True, tag=True):
    answer: Answer


class Drilled(Struct, frozen=True, tag=True):
    rows: Rows


class Built(Struct, frozen=True, tag=True):
    """How many files were written and removed."""

    written: int
    removed: int


class Failed(Struct, frozen=True, tag=True):
    slug: str
    message: str


Order = Ask | Drill | Build | Forget
Reply = Answered | Drilled | Built | Failed

_encode = msgpack.Encoder().encode
_ORDERS: msgpack.Decoder[Order] = msgpack.Decoder(Order)
_REPLIES: msgpack.Decoder[Reply] = msgpack.Decoder(Reply)
_JOBS = msgpack.Decoder(Job)


def read_order(data: bytes) -> Order:
    return _ORDERS.decode(data)


def read_reply(data: bytes) -> Reply:
    return _REPLIES.decode(data)


def read_job(data: bytes) -> Job:
    return _JOBS.decode(data)


def framed(message: Job | Order | Reply) -> bytes:
    data = _encode(message)
    return len(data).to_bytes(LENGTH_BYTES, "big") + data
