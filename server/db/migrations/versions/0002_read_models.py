"""Read models."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "asset",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site", TEXT, nullable=True),
        sa.Column("customer", TEXT, nullable=True),
        sa.Column("equipment", TEXT, nullable=True),
        sa.Column("model", TEXT, nullable=True),
        sa.Column("serial", TEXT, nullable=True),
        sa.Column("serial_folded", TEXT, nullable=True),
        sa.Column("installed_on", TEXT, nullable=True),
        sa.Column("commissioned_on", TEXT, nullable=True),
        sa.Column("contract", TEXT, nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=True),
        sa.Column("search_text", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
    )
    with op.batch_alter_table("asset") as batch_op:
        batch_op.create_index("ix_asset_customer", ["customer"], unique=False)
        batch_op.create_index("ix_asset_serial_folded", ["serial_folded"], unique=False)
        batch_op.create_index("ix_asset_site", ["site"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("technician", TEXT, nullable=True),
        sa.Column("code", TEXT, nullable=True),
        sa.Column("number", TEXT, nullable=True),
        sa.Column("issued_on", TEXT, nullable=True),
        sa.Column("expires_on", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.create_index("ix_certificate_technician", ["technician"], unique=False)
    op.create_table(
        "conflict",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entity", TEXT, nullable=True),
        sa.Column("record", TEXT, nullable=True),
        sa.Column("field", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=True),
        sa.Column("standing_by", TEXT, nullable=True),
        sa.Column("losing_by", TEXT, nullable=True),
        sa.Column("decision", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    with op.batch_alter_table("conflict") as batch_op:
        batch_op.create_index("ix_conflict_aggregate", ["aggregate"], unique=False)
        batch_op.create_index("ix_conflict_state_id", ["state", "id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site", TEXT, nullable=True),
        sa.Column("customer", TEXT, nullable=True),
        sa.Column("name_zh", TEXT, nullable=True),
        sa.Column("name_en", TEXT, nullable=True),
        sa.Column("phone", TEXT, nullable=True),
        sa.Column("phone_digits", TEXT, nullable=True),
        sa.Column("channel", TEXT, nullable=True),
        sa.Column("primary_contact", sa.Boolean(), nullable=True),
        sa.Column("search_text", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact") as batch_op:
        batch_op.create_index("ix_contact_customer", ["customer"], unique=False)
        batch_op.create_index("ix_contact_phone_digits", ["phone_digits"], unique=False)
        batch_op.create_index("ix_contact_site", ["site"], unique=False)
    op.create_table(
        "customer",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", TEXT, nullable=True),
        sa.Column("name_zh", TEXT, nullable=True),
        sa.Column("name_en", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("tier", TEXT, nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("segment", TEXT, nullable=True),
        sa.Column("outlet", TEXT, nullable=True),
        sa.Column("search_text", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    with op.batch_alter_table("customer") as batch_op:
        batch_op.create_index("ix_customer_number", ["number"], unique=False)
    op.create_table(
        "expert_case",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("visit", TEXT, nullable=True),
        sa.Column("asked_by", TEXT, nullable=True),
        sa.Column("asked_at", TEXT, nullable=True),
        sa.Column("question", TEXT, nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=True),
        sa.Column("state", TEXT, nullable=True),
        sa.Column("claimed_by", TEXT, nullable=True),
        sa.Column("effect", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_case")),
    )
    with op.batch_alter_table("expert_case") as batch_op:
        batch_op.create_index("ix_expert_case_aggregate", ["aggregate"], unique=False)
        batch_op.create_index("ix_expert_case_state_asked_at", ["state", "asked_at"], unique=False)
    op.create_table(
        "inbox_item",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("entity", TEXT, nullable=True),
        sa.Column("record", TEXT, nullable=True),
        sa.Column("for_role", TEXT, nullable=True),
        sa.Column("opened_at", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_item")),
    )
    with op.batch_alter_table("inbox_item") as batch_op:
        batch_op.create_index("ix_inbox_item_aggregate", ["aggregate"], unique=False)
        batch_op.create_index("ix_inbox_item_state_opened_at", ["state", "opened_at"], unique=False)
    op.create_table(
        "knowledge_article",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", TEXT, nullable=True),
        sa.Column("title_zh", TEXT, nullable=True),
        sa.Column("title_en", TEXT, nullable=True),
        sa.Column("equipment", TEXT, nullable=True),
        sa.Column("fault_code", TEXT, nullable=True),
        sa.Column("published", sa.Boolean(), nullable=True),
        sa.Column("search_text", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_article")),
    )
    with op.batch_alter_table("knowledge_article") as batch_op:
        batch_op.create_index("ix_knowledge_article_fault_code", ["fault_code"], unique=False)
    op.create_table(
        "master_change",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entity", TEXT, nullable=True),
        sa.Column("record", TEXT, nullable=True),
        sa.Column("field", TEXT, nullable=True),
        sa.Column("visit", TEXT, nullable=True),
        sa.Column("found_by", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_master_change")),
    )
    with op.batch_alter_table("master_change") as batch_op:
        batch_op.create_index("ix_master_change_state_id", ["state", "id"], unique=False)
    op.create_table(
        "media",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("visit", TEXT, nullable=True),
        sa.Column("about", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("purpose", TEXT, nullable=True),
        sa.Column("sha256", TEXT, nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("content_type", TEXT, nullable=True),
        sa.Column("captured_at", TEXT, nullable=True),
        sa.Column("origin", TEXT, nullable=True),
        sa.Column("taken_by", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    with op.batch_alter_table("media") as batch_op:
        batch_op.create_index("ix_media_aggregate", ["aggregate"], unique=False)
        batch_op.create_index("ix_media_sha256", ["sha256"], unique=False)
        batch_op.create_index("ix_media_visit", ["visit"], unique=False)
    op.create_table(
        "note",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("visit", TEXT, nullable=True),
        sa.Column("text", TEXT, nullable=True),
        sa.Column("written_at", TEXT, nullable=True),
        sa.Column("written_by", TEXT, nullable=True),
        sa.Column("for_customer", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    with op.batch_alter_table("note") as batch_op:
        batch_op.create_index("ix_note_aggregate", ["aggregate"], unique=False)
    op.create_table(
        "outlet",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", TEXT, nullable=True),
        sa.Column("name_zh", TEXT, nullable=True),
        sa.Column("name_en", TEXT, nullable=True),
        sa.Column("zone", TEXT, nullable=True),
        sa.Column("phone", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlet")),
    )
    op.create_table(
        "part",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", TEXT, nullable=True),
        sa.Column("name_zh", TEXT, nullable=True),
        sa.Column("name_en", TEXT, nullable=True),
        sa.Column("equipment", TEXT, nullable=True),
        sa.Column("component_class", TEXT, nullable=True),
        sa.Column("price_fen", sa.BigInteger(), nullable=True),
        sa.Column("source", TEXT, nullable=True),
        sa.Column("serialised", sa.Boolean(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=True),
        sa.Column("search_text", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part")),
    )
    with op.batch_alter_table("part") as batch_op:
        batch_op.create_index("ix_part_code", ["code"], unique=False)
    op.create_table(
        "service_contract",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", TEXT, nullable=True),
        sa.Column("customer", TEXT, nullable=True),
        sa.Column("level", TEXT, nullable=True),
        sa.Column("starts_on", TEXT, nullable=True),
        sa.Column("ends_on", TEXT, nullable=True),
        sa.Column("always_on", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_contract")),
    )
    with op.batch_alter_table("service_contract") as batch_op:
        batch_op.create_index("ix_service_contract_customer", ["customer"], unique=False)
    op.create_table(
        "service_report",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("visit", TEXT, nullable=True),
        sa.Column("sign_off", TEXT, nullable=True),
        sa.Column("locale", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=True),
        sa.Column("rendered_at", TEXT, nullable=True),
        sa.Column("handed_over_at", TEXT, nullable=True),
        sa.Column("delivered_at", TEXT, nullable=True),
        sa.Column("rating", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_report")),
    )
    with op.batch_alter_table("service_report") as batch_op:
        batch_op.create_index("ix_service_report_state", ["state"], unique=False)
        batch_op.create_index("ix_service_report_visit", ["visit"], unique=False)
    op.create_table(
        "service_request",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("work_order", TEXT, nullable=True),
        sa.Column("channel", TEXT, nullable=True),
        sa.Column("text", TEXT, nullable=True),
        sa.Column("from_name", TEXT, nullable=True),
        sa.Column("from_contact", TEXT, nullable=True),
        sa.Column("external_id", TEXT, nullable=True),
        sa.Column("asked_at", TEXT, nullable=True),
        sa.Column("acknowledged_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_request")),
    )
    with op.batch_alter_table("service_request") as batch_op:
        batch_op.create_index("ix_service_request_work_order", ["work_order"], unique=False)
    op.create_table(
        "shift",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("technician", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("starts_at", TEXT, nullable=True),
        sa.Column("ends_at", TEXT, nullable=True),
        sa.Column("dropped", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    with op.batch_alter_table("shift") as batch_op:
        batch_op.create_index("ix_shift_starts_at", ["starts_at"], unique=False)
        batch_op.create_index("ix_shift_technician_starts_at", ["technician", "starts_at"], unique=False)
    op.create_table(
        "sign_off",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("visit", TEXT, nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("signed_at", TEXT, nullable=True),
        sa.Column("document", TEXT, nullable=True),
        sa.Column("document_sha256", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    with op.batch_alter_table("sign_off") as batch_op:
        batch_op.create_index("ix_sign_off_aggregate", ["aggregate"], unique=False)
        batch_op.create_index("ix_sign_off_visit", ["visit"], unique=False)
    op.create_table(
        "site",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", TEXT, nullable=True),
        sa.Column("customer", TEXT, nullable=True),
        sa.Column("name_zh", TEXT, nullable=True),
        sa.Column("name_en", TEXT, nullable=True),
        sa.Column("address_text", TEXT, nullable=True),
        sa.Column("zone", TEXT, nullable=True),
        sa.Column("outlet", TEXT, nullable=True),
        sa.Column("territory", TEXT, nullable=True),
        sa.Column("search_text", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    with op.batch_alter_table("site") as batch_op:
        batch_op.create_index("ix_site_customer", ["customer"], unique=False)
        batch_op.create_index("ix_site_number", ["number"], unique=False)
    op.create_table(
        "stock_level",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("location", TEXT, nullable=True),
        sa.Column("part", TEXT, nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.Column("least", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_level")),
    )
    with op.batch_alter_table("stock_level") as batch_op:
        batch_op.create_index("ix_stock_level_location_part", ["location", "part"], unique=False)
        batch_op.create_index("ix_stock_level_part", ["part"], unique=False)
    op.create_table(
        "stock_location",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("name_zh", TEXT, nullable=True),
        sa.Column("name_en", TEXT, nullable=True),
        sa.Column("outlet", TEXT, nullable=True),
        sa.Column("technician", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_location")),
    )
    op.create_table(
        "stock_move",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", TEXT, nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("from_location", TEXT, nullable=True),
        sa.Column("to_location", TEXT, nullable=True),
        sa.Column("visit", TEXT, nullable=True),
        sa.Column("serial", TEXT, nullable=True),
        sa.Column("serial_folded", TEXT, nullable=True),
        sa.Column("moved_at", TEXT, nullable=True),
        sa.Column("moved_by", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
    )
    with op.batch_alter_table("stock_move") as batch_op:
        batch_op.create_index("ix_stock_move_part_moved_at", ["part", "moved_at"], unique=False)
        batch_op.create_index("ix_stock_move_serial_folded", ["serial_folded"], unique=False)
        batch_op.create_index("ix_stock_move_visit", ["visit"], unique=False)
    op.create_table(
        "technician",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", TEXT, nullable=True),
        sa.Column("name_zh", TEXT, nullable=True),
        sa.Column("name_en", TEXT, nullable=True),
        sa.Column("phone", TEXT, nullable=True),
        sa.Column("outlet", TEXT, nullable=True),
        sa.Column("skills", TEXT, nullable=True),
        sa.Column("van", TEXT, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("search_text", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technician")),
    )
    op.create_table(
        "territory",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", TEXT, nullable=True),
        sa.Column("name_zh", TEXT, nullable=True),
        sa.Column("name_en", TEXT, nullable=True),
        sa.Column("outlet", TEXT, nullable=True),
        sa.Column("districts", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory")),
    )
    op.create_table(
        "visit",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("work_order", TEXT, nullable=True),
        sa.Column("technician", TEXT, nullable=True),
        sa.Column("ordinal", sa.BigInteger(), nullable=True),
        sa.Column("instead_of", TEXT, nullable=True),
        sa.Column("job_role", TEXT, nullable=True),
        sa.Column("starts_at", TEXT, nullable=True),
        sa.Column("ends_at", TEXT, nullable=True),
        sa.Column("expected_minutes", sa.BigInteger(), nullable=True),
        sa.Column("dispatch_state", TEXT, nullable=True),
        sa.Column("exec_state", TEXT, nullable=True),
        sa.Column("exec_reason", TEXT, nullable=True),
        sa.Column("confirmation", TEXT, nullable=True),
        sa.Column("technician_confirmed_at", TEXT, nullable=True),
        sa.Column("customer_answer", TEXT, nullable=True),
        sa.Column("customer_answered_at", TEXT, nullable=True),
        sa.Column("travel_started_at", TEXT, nullable=True),
        sa.Column("arrived_at", TEXT, nullable=True),
        sa.Column("work_started_at", TEXT, nullable=True),
        sa.Column("work_finished_at", TEXT, nullable=True),
        sa.Column("after_cancellation", sa.Boolean(), nullable=True),
        sa.Column("evidence_missing", sa.Boolean(), nullable=True),
        sa.Column("fault_code", TEXT, nullable=True),
        sa.Column("sign_off", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit") as batch_op:
        batch_op.create_index("ix_visit_starts_at", ["starts_at"], unique=False)
        batch_op.create_index("ix_visit_technician_starts_at", ["technician", "starts_at"], unique=False)
        batch_op.create_index("ix_visit_work_order", ["work_order"], unique=False)
    op.create_table(
        "work_order",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("aggregate", TEXT, nullable=False),
        sa.Column("ver", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", TEXT, nullable=True),
        sa.Column("provisional_number", TEXT, nullable=True),
        sa.Column("customer", TEXT, nullable=True),
        sa.Column("site", TEXT, nullable=True),
        sa.Column("asset", TEXT, nullable=True),
        sa.Column("contract", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("channel", TEXT, nullable=True),
        sa.Column("severity", TEXT, nullable=True),
        sa.Column("priority", TEXT, nullable=True),
        sa.Column("tier", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=True),
        sa.Column("waiting_for", TEXT, nullable=True),
        sa.Column("title_zh", TEXT, nullable=True),
        sa.Column("title_en", TEXT, nullable=True),
        sa.Column("symptom", TEXT, nullable=True),
        sa.Column("opened_at", TEXT, nullable=True),
        sa.Column("triage_way", TEXT, nullable=True),
        sa.Column("triaged_at", TEXT, nullable=True),
        sa.Column("warranty_covered", sa.Boolean(), nullable=True),
        sa.Column("cancelled_at", TEXT, nullable=True),
        sa.Column("cancel_reason", TEXT, nullable=True),
        sa.Column("closed_at", TEXT, nullable=True),
        sa.Column("closing_outcome", TEXT, nullable=True),
        sa.Column("reopened_at", TEXT, nullable=True),
        sa.Column("second_fault_of", TEXT, nullable=True),
        sa.Column("search_text", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
    )
    with op.batch_alter_table("work_order") as batch_op:
        batch_op.create_index("ix_work_order_asset", ["asset"], unique=False)
        batch_op.create_index("ix_work_order_customer", ["customer"], unique=False)
        batch_op.create_index("ix_work_order_number", ["number"], unique=False)
        batch_op.create_index("ix_work_order_opened_at", ["opened_at"], unique=False)
        batch_op.create_index("ix_work_order_provisional_number", ["provisional_number"], unique=False)
        batch_op.create_index("ix_work_order_site", ["site"], unique=False)
        batch_op.create_index("ix_work_order_state_opened_at", ["state", "opened_at"], unique=False)
