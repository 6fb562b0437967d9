"""Accounts, sessions, tokens, roles and teams; an audit log that nobody can rewrite"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import JsonText, UnixTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
REFUSAL = "the audit log is append-only"


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("agent", KEY),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("totp", sa.Text()),
        sa.Column("totp_confirmed", sa.Boolean(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery", JsonText(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("last_login_at", UnixTime()),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
        sa.UniqueConstraint("agent", name="uq_accounts_agent"),
    )
    op.create_table(
        "account_sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("token", KEY, nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("seen_at", UnixTime(), nullable=False),
        sa.Column("expires_at", UnixTime(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name="fk_account_sessions_account_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_account_sessions"),
        sa.UniqueConstraint("token", name="uq_account_sessions_token"),
    )
    op.create_index("ix_account_sessions_account_id", "account_sessions", ["account_id"])
    op.create_table(
        "api_tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token", KEY, nullable=False),
        sa.Column("scopes", JsonText(), nullable=False),
        sa.Column("created_at", UnixTime(), nullable=False),
        sa.Column("expires_at", UnixTime(), nullable=False),
        sa.Column("last_used_at", UnixTime()),
        sa.Column("revoked_at", UnixTime()),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_api_tokens_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token", name="uq_api_tokens_token"),
    )
    op.create_table(
        "roles",
        sa.Column("name", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("permissions", JsonText(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_roles"),
    )
    _create_teams()
    _protect_audit()


def _create_teams() -> None:
    op.create_table(
        "teams",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pools", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        sa.UniqueConstraint("name", name="uq_teams_name"),
    )
    op.create_table(
        "squads",
        sa.Column("id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_squads_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_squads"),
        sa.UniqueConstraint("team_id", "name", name="uq_squads_team_id_name"),
    )
    op.create_table(
        "members",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("squad_id", KEY),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_members_account_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_members_team_id"),
        sa.ForeignKeyConstraint(["squad_id"], ["squads.id"], name="fk_members_squad_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_members"),
    )


def _protect_audit() -> None:
    """The database itself refuses to change or delete what was noted."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE ON audit "
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_keeps_{event.lower()} BEFORE {event} ON audit "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_keeps ON audit")
        op.execute("DROP FUNCTION refuse_to_rewrite()")
    else:
        op.execute("DROP TRIGGER audit_keeps_update")
        op.execute("DROP TRIGGER audit_keeps_delete")
    for table in (
        "members", "squads", "teams", "roles", "api_tokens", "account_sessions", "accounts",
    ):  # fmt: skip
        op.drop_table(table)
