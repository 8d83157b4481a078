"""Failed attempts to sign in or to enrol, counted by all processes together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "failed_attempt",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("moments", TEXT, nullable=False),
        sa.Column("forgotten_at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_failed_attempt")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_failed_attempt_forgotten_at_ms"), "failed_attempt", ["forgotten_at_ms"])
