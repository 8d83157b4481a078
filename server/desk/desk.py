"""What every noun of the desk API is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from litestar import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from server.desk.door import Door
from server.desk.form import seen_text
from server.desk.records import Records
from server.desk.session import SignedIn, signed_in
from sync.record import Record

Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4000, strip_whitespace=True),
    AfterValidator(seen_text),
]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True), AfterValidator(seen_text)
]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}$")]
Instant = Annotated[
    str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$", max_length=27)
]


class Body(BaseModel):
    """A request's body: what it does not declare is refused, so that no misspelled field is lost in silence."""

    model_config = ConfigDict(extra="forbid")


class Based(Body):
    """A body that may carry the base of its form, where If-Match cannot be sent."""

    base: str | None = None


class Window(Body):
    """A start and an end, in UTC."""

    starts_at: Instant
    ends_at: Instant


@dataclass(frozen=True, slots=True)
class Desk:
    """Reading, writing, and the time."""

    records: Records
    door: Door
    now: Callable[[], str]

    def live(self, entity: str, id: str, who: SignedIn) -> Record:
        """See `Records.live`."""
        return self.records.live(entity, id, who)

    def day_at(self, zone: str | None) -> str:
        """Today's date in a zone; in UTC where the zone is unknown."""
        now = datetime.fromisoformat(self.now().replace("Z", "+00:00"))
        try:
            return now.astimezone(ZoneInfo(zone or "UTC")).date().isoformat()
        except (ZoneInfoNotFoundError, ValueError):
            return now.date().isoformat()


def who(request: Request[Any, Any, Any]) -> SignedIn:
    """Who sent the request."""
    return signed_in(request)
