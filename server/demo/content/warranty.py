"""Warranty ends and verdicts of one asset, by component class (unit, main parts, compressor; consumables have none)."""

from __future__ import annotations

from datetime import date

from server.demo.content.load import Record
from server.demo.content.moments import plus_months


def warranty_ends(equipment: Record, shipped: date, commissioned: date) -> Record:
    """Class → last covered day, for the classes that this equipment has.

    The unit's is the earlier of its shipment rule and its commissioning rule.
    """
    months, rule = equipment["warranty"]["months"], equipment["warranty"]["unit_rule"]
    unit = min(
        plus_months(shipped, rule["from_shipment"]), plus_months(commissioned, rule["from_commissioning"])
    )
    ends = {name: plus_months(commissioned, months[name]) for name in ("main", "compressor")} | {"unit": unit}
    classes = {component["warranty"] for component in equipment["components"]}
    return {name: ends[name].isoformat() for name in ("unit", "main", "compressor") if name in classes}


def verdict(asset: Record, component_class: str, on: date) -> Record:
    """Whether a part of `component_class` is covered on that day, and until when (None: never covered)."""
    until = asset["warranty"].get(component_class)
    covered = until is not None and on.isoformat() <= until
    return {"component_class": component_class, "covered": covered, "until": until}
