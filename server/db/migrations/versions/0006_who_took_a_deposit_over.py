"""Who took a withdrawn or unknown phone's deposit over into the records, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "quarantine_take_over",
        sa.Column("device", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_at", TEXT, nullable=False),
        sa.Column("taken_by", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("device", "number", name=op.f("pk_quarantine_take_over")),
    )
