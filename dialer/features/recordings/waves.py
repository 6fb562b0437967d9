"""Waveforms that players ask for: made one at a time behind everything else, and kept a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from dialer.realtime import give_way
from recordings.library import Sound
from recordings.wave import Wave, wave_of

#: So many are kept: some kilobytes each.
KEPT = 256
#: Reading a file gives way to calls on the same processor.
_NICE = 10


class Waves:
    def __init__(self) -> None:
        self._kept: OrderedDict[str, Wave] = OrderedDict()
        self._pool: ThreadPoolExecutor | None = None

    async def of(self, recording: str, sound: Sound) -> Wave:
        """Raises as `wave_of`."""
        if (known := self._kept.get(recording)) is not None:
            self._kept.move_to_end(recording)
            return known
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._thread(), wave_of, sound)
        self._kept[recording] = found
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    def _thread(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "waveforms", partial(give_way, _NICE))
        return self._pool
