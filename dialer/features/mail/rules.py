"""When a mail is tried again, and when it is given up. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from dialer.features.mail.records import OutboxMail
from dialer.settings.mail import MailSettings, is_loopback

#: A minute, two, four … an hour.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 60.0, 3600.0
LONGEST_ERROR = 500
OFF = "mail is off: [mail] on"


class Answer(Struct, frozen=True):
    """What became of one try. `error`: why it was not taken, "" where it was. `final`: the server
    will not take this mail later either. `is_away`: it was not this mail's fault.
    """

    error: str = ""
    final: bool = False
    is_away: bool = False


def pause_s(tries: int) -> float:
    """How long to wait after so many tries."""
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(30, tries - 1))


def after(mail: OutboxMail, answer: Answer, now: float, give_up_s: float) -> OutboxMail:
    """The mail after one more try."""
    error = answer.error[:LONGEST_ERROR]
    tries = mail.tries + 1
    tried = replace(mail, tries=tries, changed_at=now, error=error, version=mail.version + 1)
    if not error:
        return replace(tried, state="done", sent_at=now)
    if answer.final or is_over(mail, now, give_up_s):
        return replace(tried, state="dead")
    # Its last chance comes when its time is over, never later.
    until = mail.created_at + give_up_s
    return replace(tried, next_at=min(now + pause_s(tries), max(until, now + FIRST_PAUSE_S)))


def is_over(mail: OutboxMail, now: float, give_up_s: float) -> bool:
    return now - mail.created_at >= give_up_s


def remedies(settings: MailSettings) -> Iterator[str]:
    """What to look at where no mail gets through, in English."""
    if settings.security == "none" and not is_loopback(settings.host):
        yield "set security to starttls or tls"
    if settings.user and settings.password is None:
        yield "set password"
    yield f"see [mail]: {settings.host}:{settings.port}, security {settings.security}"
