"""The ledger records and devices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("display_name", TEXT, nullable=False),
        sa.Column("roles", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=False),
        sa.Column("locale", TEXT, nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    with op.batch_alter_table("account") as batch_op:
        batch_op.create_index("ix_account_login", ["login"], unique=True)
    op.create_table(
        "aggregate",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("tomb_floor", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chain_head", sa.LargeBinary(), nullable=False),
        sa.Column("chain_length", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record_count", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aggregate")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("aggregate", "n", name=op.f("pk_audit")),
    )
    op.create_table(
        "desk_session",
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("account", TEXT, nullable=False),
        sa.Column("csrf", TEXT, nullable=False),
        sa.Column("made_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_desk_session")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("desk_session") as batch_op:
        batch_op.create_index("ix_desk_session_account", ["account"], unique=False)
        batch_op.create_index("ix_desk_session_expires_at", ["expires_at"], unique=False)
    op.create_table(
        "device",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("roles", TEXT, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("forked_from", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("device") as batch_op:
        batch_op.create_index("ix_device_user_id", ["user_id"], unique=False)
    op.create_table(
        "device_contact",
        sa.Column("device", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("enrolled_at", TEXT, nullable=False),
        sa.Column("revoked_at", TEXT, nullable=True),
        sa.Column("heard_at", TEXT, nullable=True),
        sa.Column("pending", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outbox_last_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outbox_digest", TEXT, nullable=False),
        sa.Column("uploads", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("upload_bytes", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("nonce_floor_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_device_contact")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "enrolment_code",
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("roles", TEXT, nullable=False),
        sa.Column("made_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("used_at", TEXT, nullable=True),
        sa.Column("device", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_enrolment_code")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entitlement",
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("because", TEXT, nullable=False),
        sa.Column("from_ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_ver", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", "aggregate", "because", "from_ver", name=op.f("pk_entitlement")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("entitlement") as batch_op:
        batch_op.create_index("ix_entitlement_because", ["because"], unique=False)
        batch_op.create_index(
            "ix_entitlement_of_user",
            ["user_id", "aggregate"],
            unique=False,
            sqlite_where=sa.text("to_ver IS NULL"),
            postgresql_where=sa.text("to_ver IS NULL"),
        )
        batch_op.create_index(
            "ix_entitlement_open",
            ["aggregate", "user_id"],
            unique=False,
            sqlite_where=sa.text("to_ver IS NULL"),
            postgresql_where=sa.text("to_ver IS NULL"),
        )
    op.create_table(
        "meta",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_meta")),
    )
    op.create_table(
        "operation",
        sa.Column("device", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("base_ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("received_at", TEXT, nullable=False),
        sa.Column("waits_for", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("roles", TEXT, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device", "seq", name=op.f("pk_operation")),
    )
    with op.batch_alter_table("operation") as batch_op:
        batch_op.create_index(
            "ix_operation_device_aggregate_base_ver", ["device", "aggregate", "base_ver"], unique=False
        )
        batch_op.create_index("ix_operation_id", ["id"], unique=False)
        batch_op.create_index(
            "ix_operation_parked",
            ["aggregate", "device", "seq"],
            unique=False,
            sqlite_where=sa.text("status = 'parked'"),
            postgresql_where=sa.text("status = 'parked'"),
        )
        batch_op.create_index(
            "ix_operation_parked_order",
            ["device", "seq"],
            unique=False,
            sqlite_where=sa.text("status = 'parked'"),
            postgresql_where=sa.text("status = 'parked'"),
        )
    op.create_table(
        "quarantine",
        sa.Column("device", TEXT, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("received_at", TEXT, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device", "place", name=op.f("pk_quarantine")),
    )
    with op.batch_alter_table("quarantine") as batch_op:
        batch_op.create_index("ix_quarantine_device_hash", ["device", "hash"], unique=True)
    op.create_table(
        "quarantine_size",
        sa.Column("device", TEXT, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("places", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_quarantine_size")),
    )
    op.create_table(
        "record",
        sa.Column("entity", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entity", "id", name=op.f("pk_record")),
    )
    with op.batch_alter_table("record") as batch_op:
        batch_op.create_index(
            "ix_record_aggregate_ver_id_entity", ["aggregate", "ver", "id", "entity"], unique=False
        )
    op.create_table(
        "stale_projection",
        sa.Column("entity", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("fault", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("entity", "id", name=op.f("pk_stale_projection")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "upload",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("media_id", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("device_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("length_bytes", sa.BigInteger(), nullable=True),
        sa.Column("offset_bytes", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("facts", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload") as batch_op:
        batch_op.create_index("ix_upload_device_id", ["device_id"], unique=False)
        batch_op.create_index(
            "ix_upload_expiry",
            ["expires_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'partial'"),
            postgresql_where=sa.text("state = 'partial'"),
        )
        batch_op.create_index(
            "ix_upload_live",
            ["media_id", "sha256"],
            unique=True,
            sqlite_where=sa.text("state IN ('partial', 'stored')"),
            postgresql_where=sa.text("state IN ('partial', 'stored')"),
        )
        batch_op.create_index("ix_upload_state_id", ["state", "id"], unique=False)
    op.create_table(
        "watcher",
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("change", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_watcher")),
        sqlite_with_rowid=False,
    )
