"""What goes out besides the mails themselves."""

from __future__ import annotations

from msgspec import Struct

from dialer.words import MailSecurity


class MailServer(Struct, frozen=True):
    """The server that takes mail, and what waits for it. `since`: of the oldest that waits."""

    on: bool
    host: str
    port: int
    security: MailSecurity
    sender: str
    give_up_h: float
    waiting: int
    since: float | None
