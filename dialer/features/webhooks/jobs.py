"""Receivers that were made or changed are taken up, wherever that was done."""

from __future__ import annotations

from typing import Final

from dialer.features.webhooks.parts import BOOK
from dialer.kit.context import ApiContext
from dialer.kit.jobs import Job


async def read(context: ApiContext) -> None:
    if (book := BOOK.of(context)) is not None:
        await book.read()


READ: Final = Job("receivers of webhooks", read, every_s=2.0, first_s=2.0)
