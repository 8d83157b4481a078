"""What became of messages to customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, TEXT, nullable=True)
            for name in ("work_order", "visit", "kind", "state", "about_at", "asked_at")
        ),
        sa.Column("late", sa.Boolean(), nullable=True),
        *(
            sa.Column(name, TEXT, nullable=True)
            for name in ("channel", "accepted_at", "delivered_at", "opened_at", "failure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index(op.f("ix_notification_aggregate"), "notification", ["aggregate"])
    op.create_index(op.f("ix_notification_state_asked_at"), "notification", ["state", "asked_at"])
