"""What is done with mail: put down, sent, tried out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from msgspec import Struct

from dialer.features.mail.message import Letter, wire_text
from dialer.features.mail.records import OutboxMail
from dialer.features.mail.rules import OFF, Answer, after, is_over
from dialer.features.mail.sending import AwayError, connected, handed_over
from dialer.features.mail.store import Outbox, outbox_of
from dialer.ids import new_id
from dialer.kit.errors import Kind, Refused, bad_request, conflict
from dialer.ports.store import Store
from dialer.settings.mail import MailSettings, is_address
from dialer.words import MailKind

#: Read at once; under way over one connection.
PAGE = 20
WHO = "dialer"
_TEST = {
    "en": ("A test mail", "This mail was sent to try out the settings. It got through."),
    "zh": ("测试邮件", "这是一封用于检验邮件设置的测试邮件。您已成功收到。"),
}


class Addressed(Struct, frozen=True):
    """Whom a mail goes to: an address, and the account whose it is."""

    address: str
    account: str = ""


async def put_down(
    store: Store,
    settings: MailSettings,
    letter: Letter,
    to: Addressed,
    *,
    kind: MailKind,
    now: float,
    key: str = "",
) -> bool:
    """To be sent. `key`: what is put down twice under one key is sent once; False the second time.
    Raises ValueError for what cannot be a mail.
    """
    mail_id = hashlib.sha256(key.encode()).hexdigest()[:26] if key else new_id()
    text = wire_text(letter, mail_id, settings.sender, to.address, now)
    mail = OutboxMail(
        id=mail_id, version=1, created_at=now, created_by=WHO, changed_at=now, changed_by=WHO,
        kind=kind, address=to.address, account=to.account, subject=letter.subject[:200],
        next_at=now,
    )  # fmt: skip
    return await outbox_of(store).put_down(mail, text)


async def send_due(store: Store, settings: MailSettings, now: float) -> int:
    """Hand over what is due, until nothing is or the server is away; how many it took.

    Each is noted before the next is sent. What was taken and could not be noted is sent again,
    under the same Message-ID.
    """
    outbox, taken = outbox_of(store), 0
    while due := await outbox.due(now, PAGE):
        answers = await _page(outbox, due, settings, now)
        taken += sum(not it.error for it in answers)
        if len(answers) < len(due) or any(it.is_away for it in answers):
            break
    return taken


async def _page(
    outbox: Outbox, due: Sequence[OutboxMail], settings: MailSettings, now: float
) -> list[Answer]:
    if not settings.on:
        return await _wait(outbox, due, settings, now)
    answers: list[Answer] = []
    try:
        async with connected(settings) as client:
            for mail in due:
                text = await outbox.text(mail.id)
                answer = await handed_over(client, settings, mail.address, text)
                await outbox.tried(after(mail, answer, now, settings.give_up_h * 3600))
                answers.append(answer)
                if answer.is_away:
                    break
    except AwayError as error:
        answer = Answer(str(error), is_away=True)
        for mail in due:
            await outbox.tried(after(mail, answer, now, settings.give_up_h * 3600))
        return [answer]
    return answers


async def _wait(
    outbox: Outbox, due: Sequence[OutboxMail], settings: MailSettings, now: float
) -> list[Answer]:
    """While mail is off nothing is tried, and what is over is given up all the same."""
    give_up_s = settings.give_up_h * 3600
    for mail in due:
        if is_over(mail, now, give_up_s):
            await outbox.tried(after(mail, Answer(OFF), now, give_up_s))
    return [Answer(OFF, is_away=True)]


async def try_out(settings: MailSettings, address: str, language: str, now: float) -> None:
    """Send a mail at once, past the outbox. Raises Refused with what the server says."""
    if not settings.on:
        raise conflict("mail-off", f"{OFF} = true and sender, then try again")
    if not is_address(address):
        raise bad_request("no-address", f"{address!r} is no mail address", name=address[:100])
    subject, text = _TEST["zh" if language.startswith("zh") else "en"]
    letter = Letter(subject=subject, text=text, language=language)
    wire = wire_text(letter, new_id(), settings.sender, address, now)
    try:
        async with connected(settings) as client:
            answer = await handed_over(client, settings, address, wire)
    except AwayError as error:
        answer = Answer(str(error), is_away=True)
    if answer.error:
        detail = f"the mail was not sent: {answer.error}"
        raise Refused(Kind.CONFLICT, "mail-not-sent", detail, facts={"detail": answer.error})
