"""Mails to be sent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import UnixTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("changed_at", UnixTime(), nullable=False),
        sa.Column("changed_by", KEY, nullable=False),
        sa.Column("archived_at", UnixTime()),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("address", KEY, nullable=False),
        sa.Column("account", KEY, nullable=False),
        sa.Column("subject", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("next_at", UnixTime(), nullable=False),
        sa.Column("sent_at", UnixTime()),
        sa.Column("error", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
    )
    op.create_index("ix_mails_state_next_at", "mails", ["state", "next_at"])
    op.create_index("ix_mails_state_changed_at", "mails", ["state", "changed_at"])
    op.create_table(
        "mail_texts",
        sa.Column("mail_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mails.id"], name="fk_mail_texts_mail_id_mails", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mail_id", name="pk_mail_texts"),
    )


def downgrade() -> None:
    op.drop_table("mail_texts")
    op.drop_table("mails")
