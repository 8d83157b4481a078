"""What only desks need: outlet, territory, service contract."""

from __future__ import annotations

from domain.schema.kinds import (
    address,
    bilingual,
    boolean,
    choice,
    codes,
    day,
    fen,
    group,
    integer,
    ref,
    text,
)
from domain.schema.owned import once, supervisor
from sync.schema import Entity

OUTLET = Entity(
    root="company",
    meaning="A place from which technicians set out.",
    fields={
        "code": once(text(40), "Its code.", required=True),
        "name": supervisor(bilingual(), "Its name.", required=True),
        "address": supervisor(address(), "Where it is."),
        "zone": once(text(60), "IANA time zone."),
        "phone": supervisor(text(40), "Its phone."),
    },
)

TERRITORY = Entity(
    root="company",
    meaning="An area that an outlet serves.",
    fields={
        "code": once(text(40), "Its code.", required=True),
        "name": supervisor(bilingual(), "Its name.", required=True),
        "outlet": supervisor(ref("outlet"), "Which outlet serves it."),
        "districts": supervisor(codes(200), "Codes of its districts."),
        "centre": supervisor(group(lat_e6=integer(-90_000_000), lon_e6=integer(-180_000_000)), "Its middle."),
    },
)

SERVICE_CONTRACT = Entity(
    root="company",
    meaning="What a customer has been promised beyond the warranty.",
    fields={
        "number": once(text(40), "Its number.", required=True),
        "customer": once(ref("customer"), "With whom.", required=True),
        "level": supervisor(choice("basic", "premium"), "How fast."),
        "starts_on": supervisor(day(), "First day."),
        "ends_on": supervisor(day(), "Last day."),
        "always_on": supervisor(boolean(), "7×24: clocks run day and night."),
        "covers_labour": supervisor(boolean(), "Labour is included."),
        "covers_consumables": supervisor(boolean(), "Consumables are included."),
        "repair_hours": supervisor(
            group(ordinary=integer(1, must=True), major=integer(1, must=True)), "Hours from request to done."
        ),
        "yearly_fee_fen": supervisor(fen(), "Fee per year."),
    },
)

ENTITIES = {"outlet": OUTLET, "territory": TERRITORY, "service_contract": SERVICE_CONTRACT}
