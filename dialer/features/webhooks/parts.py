"""What this feature is given by who puts the program together."""

from __future__ import annotations

from typing import Final

from dialer.features.webhooks.book import Book
from dialer.features.webhooks.sending import Webhooks
from dialer.kit.parts import Part, nothing

#: None: no engine runs behind this API.
BOOK: Final[Part[Book | None]] = Part("book", nothing)
SENDER: Final[Part[Webhooks | None]] = Part("sender", nothing)
