"""What an erasure would do, told before it is done: what goes, what is kept and why, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from domain.personal import Belongings, Block, blocks, without_personal
from sync.record import Record

KEPT: Mapping[str, tuple[str, str]] = {
    "signed_documents": (
        "Signed documents: the law asks for them. Names and typed texts are replaced, hashes and the work stay.",
        "已签署文件：依法须保留。其中的姓名与填写内容已被替换，哈希值与服务内容保留。",
    ),
    "orders": (
        "Orders with their visits, times, parts and prices: the company's own record of its work, without the person.",
        "工单及其上门、工时、备件与价格：本公司的工作记录，不含个人信息。",
    ),
    "equipment": (
        "Equipment with model and serial number: it names a machine, for warranty and recalls.",
        "设备型号与序列号：用于保修与召回，仅指向机器。",
    ),
    "audit_chain": (
        "The audit chains: each entry's hash stays, and says that something was changed and erased.",
        "审计链：各条目的哈希值保留，仅表明曾有更改并已删除。",
    ),
}
"""What stays → why, in English and Chinese."""
BLOCKED: Mapping[str, tuple[str, str]] = {
    "open_order": (
        "Order {number} is still open; close or cancel it first.",
        "工单 {number} 尚未结束，请先关闭或取消。",
    ),
}
_COUNTED = {"signed_documents": "sign_off", "orders": "work_order", "equipment": "asset"}


class Plan(msgspec.Struct, kw_only=True):
    """Counts of what there is now. After an erasure nothing is left to be blanked."""

    customer: str
    number: str
    erased: bool
    """Everything is marked as erased already."""
    blocked_by: list[Block]
    sites: int
    orders: int
    records: int
    """All records in the customer's aggregates, deleted ones too."""
    to_blank: dict[str, int]
    """Kind of record → how many hold personal values."""
    files: int
    """Media whose files would be deleted."""
    kept: dict[str, int]
    """A key of `KEPT` → how many."""


def plan(found: Belongings, records: Iterable[Record]) -> Plan:
    """The plan for a customer, from all records of the customer's aggregates."""
    counts: dict[str, int] = {}
    to_blank: dict[str, int] = {}
    for one in records:
        counts[one.entity] = counts.get(one.entity, 0) + 1
        if without_personal(one.entity, one.fields):
            to_blank[one.entity] = to_blank.get(one.entity, 0) + 1
    kept = {why: counts[entity] for why, entity in _COUNTED.items() if entity in counts}
    kept["audit_chain"] = len(found.aggregates)
    return Plan(
        customer=found.customer.id,
        number=found.customer.fields.get("number") or "",
        erased=found.is_erased,
        blocked_by=blocks(found),
        sites=len(found.sites),
        orders=len(found.orders),
        records=sum(counts.values()),
        to_blank=dict(sorted(to_blank.items())),
        files=counts.get("media", 0),
        kept=kept,
    )
