"""Builds the demo company through the write door.

What is loaded how, and why:

- Every order of the year is a full `work_order` aggregate: request, visits, parts, report, rating, closing. Desks
  search, count and audit them, and a figure that a manager opens must lead to its orders.
- A phone's pull stays small all the same: a closed order takes the job, the site and the customer from the
  technician's phone by the rules themselves, and what the next technician wants to know of it is in the asset's one
  `history` record, which the rules write when the order closes.
- Options and time entries are loaded for the last 30 days only, answers to checklists and demonstrations for the open
  days only: nobody reads last winter's, and they would be half of all operations.
- No media and no sign-off records: the demo has neither the bytes nor the device keys that would make them true.
- Times are in the records' own fields; the ledger and the audit chain say honestly when the company was loaded.
  Where the rules stamp the time of the operation, the true times follow in a last pass (`true_times`).
- The last hours are not loaded but played: phones and desks change the same things, and the rules make of it what they
  make of it (`clashes`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from server.demo.catalogue import catalogue
from server.demo.clashes import clashes
from server.demo.content.load import Content, Record, load_content
from server.demo.content.world import World, build_world
from server.demo.job import as_loaded, loaded_visits
from server.demo.loading import Group, Loader
from server.demo.network import contracts, network
from server.demo.orders import beside, order
from server.demo.people import Person, location, people, technicians
from server.demo.phones import DemoPhone, phones
from server.demo.places import by_customer, masters
from server.demo.stock import levels, supply
from server.demo.true_times import true_times
from sync.engine import Engine

Tell = Callable[[str], None]


@dataclass(frozen=True)
class DemoCompany:
    """What was built, for whoever prints who can log in."""

    people: tuple[Person, ...]
    """Desk staff first, then technicians."""
    as_of: datetime
    """The company's present: when its first record was loaded. A later build finishes or finds that same company."""
    operations: int
    """How many this build has added; 0 when everything was there."""


def build_demo(
    engine: Engine,
    *,
    add_account: Callable[[Person], None],
    add_phone: Callable[[DemoPhone], None] = lambda phone: None,
    tell: Tell = lambda line: None,
    world_at: Callable[[datetime, Content], World] = build_world,
) -> DemoCompany:
    """Load the demo company, or what is missing of it; `tell` gets a line before each part.

    Safe to stop anywhere and to run again: the same records come in under the same operation ids. Its present is the
    engine's clock at the first run. `add_account` is called for everybody and `add_phone` for every phone that was
    heard, on every run; without one a phone's row is made as soon as it pushes.
    `world_at` makes the company's content, for tests a smaller one.
    Raises `server.demo.loading.NotApplied`.
    """
    content = load_content()
    loader = Loader(engine)
    loader.load(network(content))
    world = world_at(_present(loader, content.outlets[0]), content)
    for line, groups in _parts(world):
        tell(line)
        loader.load(groups)
    carried = list(phones(world))
    tell(f"{len(carried)} phones, and what they and the desks did in the last hours")
    for phone in carried:
        add_phone(phone)
    loader.replay(clashes(world), {phone.technician: phone.device for phone in carried})
    everybody = people(content)
    tell(f"{len(everybody)} accounts")
    for person in everybody:
        add_account(person)
    return DemoCompany(everybody, world.now, loader.written)


def _present(loader: Loader, first_outlet: Record) -> datetime:
    received = loader.received_at("outlet", first_outlet["code"])
    assert received is not None
    return datetime.fromisoformat(received)


def _parts(world: World) -> Iterator[tuple[str, Iterator[Group]]]:
    """What is loaded in which order: an order needs its customer, technician and parts."""
    content, base = world.content, world.base
    parts, articles = len(content.parts), len(content.articles)
    yield (
        f"catalogue: {parts} parts, {articles} articles, {len(content.checklists)} checklists",
        catalogue(content),
    )
    yield f"{len(base['contracts'])} service contracts", contracts(base)
    stores = (row for row in content.stock_locations if not row["technician"])
    yield "parts stores", ([location(row)] for row in stores)
    shifts = world.open["shifts"]
    yield (
        f"{len(content.technicians)} technicians with vans, permits and shifts",
        technicians(content, shifts, world.today),
    )
    yield "shelves and vans", levels(content)
    moves = world.both("stock_moves")
    yield f"a year of supply: {len(moves)} stock moves", supply(moves)
    orders = world.both("work_orders")
    yield f"{len(base['customers'])} customers with {len(orders)} work orders", _customers(world)
    yield (
        "who owned which visit",
        (true_times(as_loaded(row), loaded_visits(world, row["id"])) for row in orders),
    )


def _customers(world: World) -> Iterator[Group]:
    """A group per customer: a visit gives its technician the site and the customer, which must be in its batch."""
    orders: dict[str, list[Record]] = defaultdict(list)
    for row in sorted(world.both("work_orders"), key=lambda row: row["closed_at"] or "~"):
        orders[row["customer"]].append(row)
    found = beside(world)
    for doorsteps in by_customer(world.base):
        drafted = masters(world.content, doorsteps)
        for row in orders[doorsteps.customer["id"]]:
            drafted += order(world, row, found)
        yield drafted
