"""People, skills, outlets, contracts, parts, knowledge: what only desks keep."""

from __future__ import annotations

from typing import Any

from litestar import Router

from domain import place
from server.desk.desk import Desk
from server.desk.masters import Home, Masters, master_routes
from server.desk.problems import FieldMissing


def _under_technician(id: str, fields: dict[str, Any]) -> str:
    technician = fields.get("technician")
    if not isinstance(technician, str) or not technician:
        raise FieldMissing(field="technician")
    return place.self_of(technician)


def _always(aggregate: str) -> Home:
    return lambda id, fields: aggregate


KINDS = (
    Masters("technician", "/technicians", lambda id, fields: place.self_of(id), is_root=True),
    Masters("certificate", "/certificates", _under_technician),
    Masters("shift", "/shifts", _under_technician),
    Masters("skill", "/skills", _always(place.SHARDS["skill"])),
    Masters("outlet", "/outlets", _always(place.COMPANY["outlet"])),
    Masters("territory", "/territories", _always(place.COMPANY["territory"])),
    Masters("service_contract", "/service-contracts", _always(place.COMPANY["service_contract"])),
    Masters("message_template", "/message-templates", _always(place.COMPANY["message_template"])),
    Masters("part", "/parts", _always(place.SHARDS["part"])),
    Masters("stock_location", "/stock-locations", lambda id, fields: place.stock(id), is_root=True),
    Masters("checklist_template", "/checklist-templates", _always(place.SHARDS["checklist_template"])),
    Masters("knowledge_article", "/knowledge-articles", _always(place.SHARDS["knowledge_article"])),
)


def company_routes(desk: Desk) -> list[Router]:
    """Under `/v1/desk`: one path for each kind above."""
    return [master_routes(desk, kind) for kind in KINDS]
