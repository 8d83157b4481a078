"""An index of what phones with a wrong clock have sent: it holds just these lines of the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_operation_clock_off",
        "operation",
        ["aggregate"],
        sqlite_where=sa.text("instr(result, 'clock_off') > 0"),
        postgresql_where=sa.text("position('clock_off'::bytea in result) > 0"),
    )
