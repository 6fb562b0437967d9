"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import JsonText, UnixTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("skills", JsonText(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
        sa.UniqueConstraint("name", name="uq_agents_name"),
    )
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", UnixTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", JsonText()),
        sa.Column("after", JsonText()),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])

    op.create_table(
        "campaigns",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settings", JsonText(), nullable=False),
        sa.Column("settings_version", sa.Integer(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.UniqueConstraint("name", name="uq_campaigns_name"),
    )
    op.create_table(
        "dnc",
        sa.Column("number", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_at", UnixTime(), nullable=False),
        sa.Column("expires_at", UnixTime()),
        sa.PrimaryKeyConstraint("number", name="pk_dnc"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recordings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("seconds", sa.Float()),
        sa.Column("bytes", sa.BigInteger()),
        sa.Column("sha256", sa.Text()),
        sa.Column("codec", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
    )
    op.create_index("ix_recordings_attempt_id", "recordings", ["attempt_id"])
    op.create_index("ix_recordings_state", "recordings", ["state", "id"])

    op.create_table(
        "agent_sessions",
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("logged_in_at", UnixTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_at", UnixTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="fk_agent_sessions_agent_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_id", name="pk_agent_sessions"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("lead_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("caller_id", sa.Text(), nullable=False),
        sa.Column("trunk", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("placed_at", UnixTime(), nullable=False),
        sa.Column("ringing_at", UnixTime()),
        sa.Column("answered_at", UnixTime()),
        sa.Column("connected_at", UnixTime()),
        sa.Column("ended_at", UnixTime()),
        sa.Column("outcome", sa.Text()),
        sa.Column("answered_by", sa.Text()),
        sa.Column("agent", sa.Text()),
        sa.Column("talk_seconds", sa.Float()),
        sa.Column("wrapup_seconds", sa.Float()),
        sa.Column("hangup_cause", sa.Integer()),
        sa.Column("hangup_by", sa.Text()),
        sa.Column("disposition", sa.Text()),
        sa.Column("recording", sa.Text()),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_attempts_campaign_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_ended", "attempts", ["campaign_id", "ended_at"])
    op.create_index("ix_attempts_number", "attempts", ["number", "placed_at"])
    op.create_index(
        "ix_attempts_open", "attempts", ["id"], sqlite_where=OPEN, postgresql_where=OPEN
    )

    op.create_table(
        "campaign_settings",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("settings", JsonText(), nullable=False),
        sa.Column("changed_at", UnixTime(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_campaign_settings_campaign_id"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "version", name="pk_campaign_settings"),
    )
    op.create_table(
        "leads",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("owner", sa.Text()),
        sa.Column("custom", JsonText(), nullable=False),
        sa.Column("next_call_at", UnixTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_call_at", UnixTime()),
        sa.Column("claim_id", sa.Text()),
        sa.Column("claimed_at", UnixTime()),
        sa.Column("import_id", sa.Text()),
        sa.Column("import_row", sa.Integer()),
        sa.CheckConstraint("priority BETWEEN 0 AND 99", name=op.f("ck_leads_priority")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_leads_campaign_id"),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_leads_due", "leads", ["campaign_id", "state", "priority", "next_call_at", "id"]
    )

    op.create_table(
        "lead_numbers",
        sa.Column("lead_id", KEY, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("dead", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name="fk_lead_numbers_lead_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead_id", "position", name="pk_lead_numbers"),
        sa.UniqueConstraint("campaign_id", "number", name="uq_lead_numbers_campaign_id_number"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("lead_numbers")

    op.drop_table("leads")
    op.drop_table("campaign_settings")

    op.drop_table("attempts")
    op.drop_table("agent_sessions")

    op.drop_table("recordings")
    op.drop_table("dnc")
    op.drop_table("campaigns")

    op.drop_table("audit")
    op.drop_table("agents")
