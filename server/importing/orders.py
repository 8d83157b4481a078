"""Open work orders from the system before this one: one row each, known by their number there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.identity import derived_id
from domain.place import work_order as order_aggregate
from domain.schema.orders import CHANNELS, KINDS
from server.importing.cell import choice, code, moment, text
from server.importing.kind import Cells, Column, ImportKind, Wanted
from server.importing.wrong import Said


def _make(row: Cells) -> Sequence[Wanted]:
    site = row.known.fields_of("site", row["site"]) or {}
    asset = row.known.fields_of("asset", row["asset"]) if row["asset"] else None
    if asset is not None and asset.get("site") != row["site"]:
        row.refuse("asset", Said("stands at another site", "位于其他站点"))
        return []
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
        # The customer's words are as they were said the first time; a corrected symptom is the order's.
        only_new=True,
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
        "work_order",
        "number",
        (
            Column("number", "Its number in the system before.", "原系统中的编号。", code, required=True),
            Column("site", "Number of the site.", "站点编号。", code, required=True, refers_to="site"),
            Column("asset", "Serial number of the equipment.", "设备序列号。", code, refers_to="asset"),
            Column(
                "kind", f"{', '.join(KINDS)}; fault when empty.", "工单类型，空为 fault。", choice(*KINDS)
            ),
            Column(
                "channel",
                f"{', '.join(CHANNELS)}; api when empty.",
                "受理渠道，空为 api。",
                choice(*CHANNELS),
            ),
            Column("symptom", "What does not work.", "故障现象。", text, required=True),
            Column(
                "severity",
                "urgent, major or ordinary.",
                "严重程度：urgent、major 或 ordinary。",
                choice("urgent", "major", "ordinary"),
            ),
            Column(
                "priority",
                "low, normal, high or emergency.",
                "优先级：low、normal、high 或 emergency。",
                choice("low", "normal", "high", "emergency"),
            ),
            Column("opened_at", "When it was opened.", "受理时间。", moment(zone), required=True, past=True),
        ),
        _make,
    )
