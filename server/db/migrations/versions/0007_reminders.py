"""What is to be done later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_at", TEXT, nullable=False),
        sa.Column("past_at", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("claimable_at", TEXT, nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("error", TEXT, nullable=False),
        sa.Column("settled_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("subject", "kind", "revision", name=op.f("pk_reminder")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_reminder_claimable",
        "reminder",
        ["claimable_at"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    op.create_index("ix_reminder_state", "reminder", ["state", "due_at"])
