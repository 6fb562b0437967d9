"""The tables of mails; `0023_mail` makes them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from dialer.features.mail.records import MAIL
from dialer.store.record_tables import table_of
from dialer.store.tables import Key, metadata

# What is due; what is long over.
mails = table_of(MAIL, "mails", ("state", "next_at"), ("state", "changed_at"))
# The mail as it goes over the wire, in ASCII. It holds figures: gone when the mail is sent.
mail_texts = Table(
    "mail_texts",
    metadata,
    Column("mail_id", Key, ForeignKey("mails.id", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
)
