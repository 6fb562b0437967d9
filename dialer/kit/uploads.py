"""Bodies that come in as a stream: into a file, never as a whole into memory."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from dialer.kit.errors import Kind, Refused

#: For the document: the body is the file itself.
FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@contextlib.asynccontextmanager
async def as_file(
    chunks: AsyncIterator[bytes], folder: Path, name: str, *, limit: int
) -> AsyncIterator[Path]:
    """The body as a file called `name`, of at most `limit` bytes, gone afterwards.

    Raises Refused.
    """
    path = await kept_file(chunks, folder, name, limit=limit)
    try:
        yield path
    finally:
        await asyncio.to_thread(shutil.rmtree, path.parent, ignore_errors=True)


async def kept_file(chunks: AsyncIterator[bytes], folder: Path, name: str, *, limit: int) -> Path:
    """As `as_file`; it stays until its folder is removed. Raises Refused, and keeps nothing."""
    handle, path = await asyncio.to_thread(_new_file, folder, name)
    try:
        await _take(chunks, handle, limit)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, path.parent, ignore_errors=True)
        raise
    finally:
        os.close(handle)
    return path


async def _take(chunks: AsyncIterator[bytes], handle: int, limit: int) -> None:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise Refused(Kind.TOO_LARGE, "too-large", f"the body is larger than {limit} bytes")
        # A thread does the writing: a slow disk must not hold up calls.
        await asyncio.to_thread(_write_all, handle, chunk)


def _new_file(folder: Path, name: str) -> tuple[int, Path]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = Path(tempfile.mkdtemp(dir=folder)) / name
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), path


def _write_all(handle: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[os.write(handle, left) :]
