"""Customers, sites, contacts and equipment."""

from __future__ import annotations

from typing import Any

from litestar import Router

from domain import place
from server.desk.desk import Desk
from server.desk.masters import Masters, master_routes
from server.desk.problems import FieldMissing


def _under(field: str) -> Any:
    def home(id: str, fields: dict[str, Any]) -> str:
        parent = fields.get(field)
        if not isinstance(parent, str) or not parent:
            raise FieldMissing(field=field)
        return place.site(parent)

    return home


KINDS = (
    Masters("customer", "/customers", lambda id, fields: place.customer(id), is_root=True),
    Masters("site", "/sites", lambda id, fields: place.site(id), is_root=True),
    Masters("contact", "/contacts", _under("site")),
    Masters("asset", "/assets", _under("site")),
)


def place_routes(desk: Desk) -> list[Router]:
    """Under `/v1/desk`: customers, sites, contacts, assets."""
    return [master_routes(desk, kind) for kind in KINDS]
