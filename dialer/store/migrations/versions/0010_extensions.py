"""Extensions: several people at one switchboard's number"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OLD, NEW = ["campaign_id", "number"], ["campaign_id", "number", "extension"]
COLUMNS = "lead_id, position, campaign_id, number, kind, attempts, dead, declined"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _made_anew([sa.Column("extension", sa.Text(), nullable=False, server_default="")], NEW)
        return
    op.add_column(
        "lead_numbers", sa.Column("extension", sa.Text(), nullable=False, server_default="")
    )
    _only_one("lead_numbers", OLD, NEW)


def downgrade() -> None:
    """Of several people at one number only the first remains in the campaign's list."""
    op.execute(
        "DELETE FROM lead_numbers WHERE EXISTS (SELECT 1 FROM lead_numbers o WHERE"
        " o.campaign_id = lead_numbers.campaign_id AND o.number = lead_numbers.number"
        " AND (o.lead_id < lead_numbers.lead_id"
        " OR (o.lead_id = lead_numbers.lead_id AND o.position < lead_numbers.position)))"
    )
    if op.get_bind().dialect.name == "sqlite":
        _made_anew([], OLD)
        return
    _only_one("lead_numbers", NEW, OLD)
    op.drop_column("lead_numbers", "extension")


def _only_one(table: str, before: list[str], after: list[str]) -> None:
    op.drop_constraint(f"uq_{table}_{'_'.join(before)}", table, type_="unique")
    op.create_unique_constraint(f"uq_{table}_{'_'.join(after)}", table, after)


def _made_anew(more: list[sa.Column[str]], unique: list[str]) -> None:
    """SQLite changes no constraint of a table that is there."""
    op.create_table(
        "lead_numbers_made_anew",
        sa.Column("lead_id", KEY, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("dead", sa.Boolean(), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False, server_default=sa.false()),
        *more,
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name="fk_lead_numbers_lead_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead_id", "position", name="pk_lead_numbers"),
        sa.UniqueConstraint(*unique, name=f"uq_lead_numbers_{'_'.join(unique)}"),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"INSERT INTO lead_numbers_made_anew ({COLUMNS})"
        f" SELECT {COLUMNS} FROM lead_numbers ORDER BY lead_id, position"
    )
    op.drop_table("lead_numbers")
    op.rename_table("lead_numbers_made_anew", "lead_numbers")
