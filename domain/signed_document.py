"""What the customer sees and signs, as structured content: made from records, rendered by templates, kept as bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from sync.record import Record

DOCUMENT = "doorstep.visit-document.v1"
TEMPLATE = "visit-report-1"


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """The records that a visit's document is made from, those of other visits already left out."""

    order: Record
    visit: Record
    customer: Record
    site: Record
    technician: Record
    asset: Record | None = None
    options: Sequence[Record] = ()
    steps: Sequence[Record] = ()
    templates: Sequence[Record] = ()
    moves: Sequence[Record] = ()
    parts: Sequence[Record] = ()
    demonstrations: Sequence[Record] = ()
    media: Sequence[Record] = ()


def document(sources: Sources, locale: Literal["zh", "en"], template: str = TEMPLATE) -> dict[str, Any]:
    """The content in one language; the same records give the same content, whatever their sequence."""
    order, visit = sources.order.fields, sources.visit.fields
    return {
        "document": DOCUMENT,
        "template": template,
        "locale": locale,
        "order": {
            "id": sources.order.id,
            "number": order.get("number"),
            "provisional_number": order.get("provisional_number"),
            "kind": order.get("kind"),
            "symptom": order.get("symptom"),
        },
        "customer": {
            "number": sources.customer.fields["number"],
            "name": in_language(sources.customer.fields["name"], locale),
        },
        "site": {
            "name": in_language(sources.site.fields.get("name"), locale),
            "address": in_language(
                (visit.get("address_on_site") or sources.site.fields["address"])["line"], locale
            ),
            "zone": sources.site.fields["zone"],
        },
        "asset": _asset(sources.asset),
        "visit": {
            "id": sources.visit.id,
            "technician": in_language(sources.technician.fields["name"], locale),
            "arrived": (visit.get("arrived") or {}).get("at"),
            "started": (visit.get("work_started") or {}).get("at"),
            "finished": (visit.get("work_finished") or {}).get("at"),
        },
        "findings": visit.get("findings"),
        "fault_code": visit.get("fault_code"),
        "cause": visit.get("cause"),
        "solution": visit.get("solution"),
        "options": [_option(one, visit) for one in _sorted(sources.options)],
        "steps": _steps(sources, locale),
        "parts": _parts(sources, locale),
        "demonstrations": [_demonstration(one) for one in _sorted(sources.demonstrations)],
        "media": [{"id": one.id, "sha256": one.fields["sha256"]} for one in _sorted(sources.media)],
        "anything_else": (visit.get("anything_else") or {}).get("answer"),
        "total_fen": _total(sources),
    }


def in_language(text: Mapping[str, str] | None, locale: str) -> str | None:
    """A bilingual text in one language, else in the other; None where there is none."""
    if not text:
        return None
    return text.get(locale) or next(iter(text.values()))


def _sorted(records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda one: one.id)


def _asset(asset: Record | None) -> dict[str, Any] | None:
    if asset is None:
        return None
    names = ("equipment", "model", "serial")
    return {"id": asset.id, **{name: asset.fields.get(name) for name in names}}


def _option(option: Record, visit: Mapping[str, Any]) -> dict[str, Any]:
    chosen = visit.get("customer_choice") or visit.get("option_chosen") or {}
    return {
        "title": option.fields["title"],
        "recommended": bool(option.fields.get("recommended")),
        "chosen": chosen.get("option") == option.id,
        "total_fen": (option.fields.get("price") or {}).get("total_fen"),
    }


def _steps(sources: Sources, locale: str) -> list[dict[str, Any]]:
    order = {
        (template.id, step["id"]): (template.id, place, step["text"])
        for template in sources.templates
        for place, step in enumerate(template.fields["steps"])
    }
    found = []
    for one in _sorted(sources.steps):
        fields = one.fields
        key = (fields["template"], fields["step"])
        at = order.get(key, (fields["template"], len(order), {"zh": fields["step"]}))
        row = {
            "text": in_language(at[2], locale),
            "answer": fields.get("answer"),
            "verdict": fields.get("verdict"),
            "waived": (fields.get("waiver") or {}).get("reason"),
        }
        found.append((at[:2], one.id, row))
    return [row for _, _, row in sorted(found, key=lambda entry: entry[:2])]


def _parts(sources: Sources, locale: str) -> list[dict[str, Any]]:
    names = {part.id: part.fields for part in sources.parts}
    return [
        {
            "code": names.get(one.fields["part"], {}).get("code", one.fields["part"]),
            "name": in_language(names.get(one.fields["part"], {}).get("name"), locale),
            "quantity": one.fields["quantity"],
            "serial": one.fields.get("serial"),
            "price_fen": one.fields.get("price_fen"),
            "under_warranty": bool(one.fields.get("under_warranty")),
        }
        for one in _sorted(sources.moves)
        if one.fields["kind"] == "use"
    ]


def _demonstration(one: Record) -> dict[str, Any]:
    fields = one.fields
    return {
        "point": fields["point"],
        "shown": bool(fields.get("shown")),
        "customer_did_it": bool(fields.get("customer_did_it")),
        "operator": fields.get("operator"),
    }


def _total(sources: Sources) -> int | None:
    """What the chosen option costs; without one, the parts that the warranty does not bear; None when unpriced."""
    visit = sources.visit.fields
    chosen = (visit.get("customer_choice") or visit.get("option_chosen") or {}).get("option")
    for option in sources.options:
        if option.id == chosen and option.fields.get("price"):
            total: int = option.fields["price"]["total_fen"]
            return total
    used = [one.fields for one in sources.moves if one.fields["kind"] == "use"]
    paid = [move for move in used if not move.get("under_warranty")]
    if any(move.get("price_fen") is None for move in paid):
        return None
    return sum(int(move["price_fen"]) * int(move["quantity"]) for move in paid)
