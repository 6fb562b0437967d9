"""Bodies that come in as a stream: to a file, or line by line; never as a whole in memory."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from dialer.api.errors import ProblemError, bad_request

#: A longer line is no list.
MAX_LINE = 100_000


async def lines_of(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The lines of a UTF-8 text. Raises ProblemError for other bytes and endless lines."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest = ""
    async for chunk in chunks:
        rest += _decoded(decoder, chunk)
        *lines, rest = rest.split("\n")
        for line in lines:
            yield line
        if len(rest) > MAX_LINE:
            raise bad_request("line-too-long", f"a line is longer than {MAX_LINE} signs")
    rest += _decoded(decoder, b"", final=True)
    if rest:
        yield rest


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> str:
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError:
        raise bad_request("not-utf-8", "the body is not UTF-8 text") from None


@contextlib.asynccontextmanager
async def as_file(chunks: AsyncIterator[bytes], folder: Path, *, limit: int) -> AsyncIterator[Path]:
    """The body as a file of at most `limit` bytes, gone afterwards. Raises ProblemError."""
    handle, path = await asyncio.to_thread(_new_file, folder)
    try:
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise ProblemError(413, "too-large", f"the body is larger than {limit} bytes")
            # A thread does the writing: a slow disk must not hold up calls.
            await asyncio.to_thread(_write_all, handle, chunk)
        yield path
    finally:
        os.close(handle)
        await asyncio.to_thread(path.unlink, missing_ok=True)


def _new_file(folder: Path) -> tuple[int, Path]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="upload-", dir=folder)
    return handle, Path(name)


def _write_all(handle: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[os.write(handle, left) :]
