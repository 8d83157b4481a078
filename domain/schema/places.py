"""Customers and what stands at their doorsteps: people, places, equipment."""

from __future__ import annotations

from domain.machines import MASTER_CHANGE
from domain.schema.kinds import (
    address,
    any_json,
    bilingual,
    boolean,
    choice,
    codes,
    day,
    group,
    instant,
    list_of,
    personal,
    ref,
    text,
)
from domain.schema.owned import dispatcher, erased_at, intake, once, owned, shared, state, system
from sync.schema import Entity

MASTERS = ("dispatcher", "intake")
"""Who may approve a correction of a customer's master data."""

CUSTOMER = Entity(
    root="customer",
    meaning="Whom we serve. A phone learns the name and the tier; how to reach people is in contacts.",
    fields={
        "number": once(text(40), "The customer's number, as printed.", required=True),
        "name": owned(("intake",), personal(bilingual()), "Company's or person's name.", required=True),
        "kind": intake(choice("company", "private"), "A company or a household."),
        "tier": dispatcher(
            choice("vip", "contract", "standard"), "How the customer is served; vip: one to one."
        ),
        "language": intake(choice("zh", "en"), "Language of messages and reports."),
        "segment": intake(text(40), "Trade, such as restaurant or hospital."),
        "outlet": dispatcher(ref("outlet"), "Outlet in charge."),
        "customer_since": intake(day(), "First day as a customer."),
        "erased_at": erased_at(),
    },
)

SITE = Entity(
    root="site",
    meaning="A doorstep: where equipment stands and who opens the door.",
    fields={
        "number": once(text(40), "The site's number, as printed.", required=True),
        "customer": once(ref("customer"), "Whose site it is.", required=True),
        "name": owned(("intake",), personal(bilingual()), "What people call the place."),
        "address": shared(
            personal(address()), "Where it is: one thing, never half of two addresses.", required=True
        ),
        "access_notes": shared(personal(bilingual(1000)), "How to get in: gate, code, dog, goods lift."),
        "zone": once(text(60), "IANA time zone; its times are shown in it.", required=True),
        "outlet": dispatcher(ref("outlet"), "Outlet in charge."),
        "territory": dispatcher(ref("territory"), "Territory it lies in."),
        "special_needs": intake(codes(20), "What sales promised, such as medical_7x24."),
        "erased_at": erased_at(),
    },
)

CONTACT = Entity(
    root="site",
    meaning="A person at a site.",
    parent="site",
    fields={
        "site": once(ref("site"), "Where the person is met.", required=True),
        "customer": once(ref("customer"), "For whom the person speaks."),
        "name": shared(personal(bilingual(120)), "Name.", required=True),
        "role": shared(personal(bilingual(120)), "What the person does there."),
        "phone": shared(personal(text(40)), "Phone number, as dialled."),
        "channel": shared(choice("phone", "sms", "wechat", "email"), "How the person wants to be reached."),
        "address_of_channel": shared(
            personal(text(200)), "Address in that channel where it is not the phone."
        ),
        "primary": owned(("intake", "dispatcher"), boolean(), "Whether this person is asked first."),
        "verified": shared(
            group(at=instant(must=True), how=choice("phone", "on_site", "message", "document", must=True)),
            "When the details were last confirmed with the person, and how.",
        ),
    },
)

ASSET = Entity(
    root="site",
    meaning="A piece of equipment, known by its serial number.",
    parent="site",
    fields={
        "site": once(ref("site"), "Where it stands.", required=True),
        "customer": once(ref("customer"), "Whose it is."),
        "equipment": owned(("intake", "dispatcher"), text(40), "Equipment type, such as RF.", required=True),
        "model": shared(text(80), "Model, as on the nameplate."),
        "serial": shared(text(80), "Serial number, as on the nameplate."),
        "place": shared(personal(bilingual(200)), "Where on the site."),
        "shipped_on": owned(("intake",), day(), "Day of shipment."),
        "installed_on": shared(day(), "Day of installation."),
        "commissioned_on": shared(day(), "Day of commissioning, which starts the warranty."),
        "contract": owned(
            ("supervisor", "admin"), ref("service_contract"), "Service contract that covers it."
        ),
        "retired": owned(("intake", "dispatcher"), boolean(), "No longer in use."),
    },
)

WARRANTY_TERM = Entity(
    root="site",
    meaning="Until when one class of components of an asset is covered.",
    parent="asset",
    fields={
        "asset": once(ref("asset"), "Which equipment.", required=True),
        "component_class": once(
            choice("unit", "main", "compressor", "consumable"), "Which parts of it.", required=True
        ),
        "starts_on": system(day(), "First covered day."),
        "ends_on": system(day(), "Last covered day; empty: never covered."),
        "rule": system(text(200), "Which rule gave the days."),
    },
)

HISTORY = Entity(
    root="site",
    meaning="What was done to an asset before: one record, written when an order closes, newest last.",
    fields={
        "asset": once(ref("asset"), "Which equipment.", required=True),
        "entries": system(
            list_of(
                group(
                    work_order=ref("work_order", must=True),
                    number=text(40),
                    closed_at=instant(must=True),
                    kind=text(40),
                    symptom=personal(text(400)),
                    fault_code=text(40),
                    cause=personal(text(400)),
                    solution=personal(text(1000)),
                    parts=codes(40),
                    technician=text(64),
                    outcome=text(40),
                ),
                12,
            ),
            "The last twelve orders.",
        ),
    },
)

MASTER_CHANGE_ROW = Entity(
    root="site",
    meaning="A correction of a customer's master data that was made on site and waits for approval.",
    fields={
        "entity": once(
            choice("site", "contact", "asset"), "Kind of the record to be corrected.", required=True
        ),
        "record": once(text(64), "Its id.", required=True),
        "field": once(text(64), "The field.", required=True),
        "value": once(personal(any_json()), "The value found on site."),
        "was": once(personal(any_json()), "The value that stood then; it is kept."),
        "visit": once(ref("visit"), "During which visit it was found."),
        "found_by": once(text(64), "Who found it."),
        "state": state(MASTERS, MASTER_CHANGE, "Whether the office has taken it over."),
        "reason": owned(MASTERS, personal(text(400)), "Why it was rejected."),
    },
)

ENTITIES = {
    "customer": CUSTOMER,
    "site": SITE,
    "contact": CONTACT,
    "asset": ASSET,
    "warranty_term": WARRANTY_TERM,
    "history": HISTORY,
    "master_change": MASTER_CHANGE_ROW,
}
