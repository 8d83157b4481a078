"""When somebody at the server's terminal last unlocked an account's sign-in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("account", sa.Column("unlocked_at", TEXT, nullable=True))
