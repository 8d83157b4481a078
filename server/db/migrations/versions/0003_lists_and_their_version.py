"""Indexes for what desks list, and which release's read models the rows are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_visit_exec_state", "visit", ["exec_state"])
    op.create_index("ix_work_order_aggregate", "work_order", ["aggregate"])
    op.create_index("ix_expert_case_asked_at", "expert_case", ["asked_at"])
    op.add_column("meta", sa.Column("read_models", sa.BigInteger(), nullable=True))
    # Whoever has written records under the previous revision has written version 1 of their rows with them.
    op.execute("UPDATE meta SET read_models = 1")
