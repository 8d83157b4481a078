"""The log of sign-offs and enrolments: its heads, leaves and nodes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "log_head",
        sa.Column("log", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("made_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_log_head")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_leaf",
        sa.Column("log", TEXT, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("data", TEXT, nullable=False),
        sa.Column("receipt", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("log", "place", name=op.f("pk_log_leaf")),
    )
    op.create_index(op.f("ix_log_leaf_subject"), "log_leaf", ["subject"])
    op.create_table(
        "log_node",
        sa.Column("log", TEXT, nullable=False),
        sa.Column("level", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "place", name=op.f("pk_log_node")),
        sqlite_with_rowid=False,
    )
