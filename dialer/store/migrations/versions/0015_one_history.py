"""One history of settings: settings_versions. The second said what the audit says, row for row

Every row of campaign_settings was written in the transaction of its audit entry, which has who,
when and the settings before and after. So nothing is lost with the table, and a way back finds the
version of now.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dialer.store.columns import JsonText, UnixTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.drop_table("campaign_settings")


def downgrade() -> None:
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
    op.execute(
        "INSERT INTO campaign_settings (campaign_id, version, settings, changed_at, changed_by) "
        "SELECT id, settings_version, settings, created_at, 'downgrade' FROM campaigns"
    )
