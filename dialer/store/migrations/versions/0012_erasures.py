"""A person can be taken out of the audit log, and nothing else can be done to it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
REFUSAL = "the audit log is append-only"
#: What stays as it was even in a row that a person is taken out of.
SAME = ("id", "at", "who", "what")


def upgrade() -> None:
    op.add_column("audit", sa.Column("erased_by", KEY, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in SAME)
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'UPDATE' AND NEW.erased_by IS NOT NULL AND {same} THEN "
            f"RETURN NEW; END IF; RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        return
    same = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in SAME)
    op.execute("DROP TRIGGER audit_keeps_update")
    op.execute(
        "CREATE TRIGGER audit_keeps_update BEFORE UPDATE ON audit "
        f"WHEN NOT (NEW.erased_by IS NOT NULL AND {same}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
    else:
        op.execute("DROP TRIGGER audit_keeps_update")
        op.execute(
            "CREATE TRIGGER audit_keeps_update BEFORE UPDATE ON audit "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    op.drop_column("audit", "erased_by")
