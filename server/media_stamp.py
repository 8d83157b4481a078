"""What is written under a stamped photo: when by the phone, on which order, by whom, and where the picture is from."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.db.reading import Reading
from sync.record import Record

_ORIGINS = {
    "captured": "在应用内拍摄 · Taken in the app",
    "picked": "从相册选取 · From the gallery",
}
_UNKNOWN_ORIGIN = "来源不明 · Origin unknown"
_BETWEEN = " · "


class Stamp:
    """Lines in both languages, of the records as they stand. Blocking."""

    def __init__(self, reading: Reading, default_zone: str) -> None:
        self._reading = reading
        self._default_zone = default_zone

    def __call__(self, media: Record) -> tuple[str, ...]:
        """Time, order and person in one line, the origin in another. What nobody knows is left out."""
        order = self._find("work_order", media.aggregate.partition("/")[2])
        site = self._find("site", order.fields.get("site") if order else None)
        person = self._find("technician", media.fields.get("by"))
        facts = [
            self._time(media.fields.get("captured_at"), site.fields.get("zone") if site else None),
            str(order.fields.get("number") or order.id) if order else "",
            _both(person.fields.get("name")) if person else "",
        ]
        origin = _ORIGINS.get(media.fields.get("origin") or "", _UNKNOWN_ORIGIN)
        told = _BETWEEN.join(one for one in facts if one)
        return (told, origin) if told else (origin,)

    def _time(self, instant: str | None, zone: str | None) -> str:
        if not instant:
            return ""
        name = zone or self._default_zone
        try:
            local = datetime.fromisoformat(instant).astimezone(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError):
            return f"{instant} (手机时间 phone's clock)"
        return f"{local:%Y-%m-%d %H:%M:%S} {name} (手机时间 phone's clock)"

    def _find(self, entity: str, id: str | None) -> Record | None:
        return self._reading.records([(entity, id)]).get((entity, id)) if id else None


def _both(name: dict[str, str | None] | None) -> str:
    said = [one for one in ((name or {}).get("zh"), (name or {}).get("en")) if one]
    return " ".join(dict.fromkeys(said))
