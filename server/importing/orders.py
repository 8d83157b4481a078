"""Open work orders from the system before this one: one row each, known by their number there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.identity import derived_id
from domain.place import work_order as order_aggregate
from domain.schema.orders import CHANNELS, KINDS
from server.importing.cell import choice, code, moment, text
from server.importing.kind import Cells, Column, ImportKind, RowProblem, Wanted


def _make(row: Cells) -> Sequence[Wanted]:
    site = row.known.fields_of("site", row["site"]) or {}
    asset = row.known.fields_of("asset", row["asset"]) if row["asset"] else None
    if asset is not None and asset.get("site") != row["site"]:
        raise RowProblem("asset", "this equipment stands at another site")
    id = derived_id("order", row["number"])
    order = Wanted(
        entity="work_order",
        id=id,
        aggregate=order_aggregate(id),
        fields={
            "site": row["site"],
            "customer": site.get("customer"),
            "asset": row["asset"],
            "kind": row["kind"] or "fault",
            "channel": row["channel"] or "api",
            "opened_at": row["opened_at"],
            "opened_on": _day_there(row["opened_at"], site.get("zone") or "UTC"),
            "symptom": row["symptom"],
            "severity": row["severity"] or "ordinary",
            "priority": row["priority"] or "normal",
        },
    )
    request = Wanted(
        entity="service_request",
        id=derived_id("request", row["number"]),
        aggregate=order_aggregate(id),
        fields={
            "work_order": id,
            "channel": row["channel"] or "api",
            "text": row["symptom"],
            "external_id": row["number"],
            "asked_at": row["opened_at"],
        },
    )
    return [order, request]


def _day_there(instant: str, zone: str) -> str:
    return (
        datetime.fromisoformat(instant.replace("Z", "+00:00")).astimezone(ZoneInfo(zone)).date().isoformat()
    )


def orders_kind(zone: str) -> ImportKind:
    """The kind; times without an offset are the wall time of `zone`."""
    return ImportKind(
        "orders",
        "number",
        (
            Column("number", "Its number in the system before.", code, required=True),
            Column("site", "Number of the site.", code, required=True, refers_to="site"),
            Column("asset", "Serial number of the equipment.", code, refers_to="asset"),
            Column("kind", f"{', '.join(KINDS)}; fault when empty.", choice(*KINDS)),
            Column("channel", f"{', '.join(CHANNELS)}; api when empty.", choice(*CHANNELS)),
            Column("symptom", "What does not work.", text, required=True),
            Column("severity", "urgent, major or ordinary.", choice("urgent", "major", "ordinary")),
            Column(
                "priority", "low, normal, high or emergency.", choice("low", "normal", "high", "emergency")
            ),
            Column("opened_at", "When it was opened.", moment(zone), required=True),
        ),
        _make,
    )
