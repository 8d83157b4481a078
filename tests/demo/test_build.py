"""The demo company as it stands behind the write door: complete, true to its past, small on a phone."""

from __future__ import annotations

from collections import Counter, defaultdict

from domain.identity import assignment_id, history_id
from domain.place import COMPANY, SHARDS, customer, self_of, site, stock
from server.demo.content.history import WORDS
from server.demo.content.stock import balances
from tests.demo.built import Built


def test_the_company_is_as_large_as_promised(sqlite: Built) -> None:
    world = sqlite.content
    logins = [row["login"] for row in world.content.technicians]
    places = {
        "part": [SHARDS["part"]],
        "knowledge_article": [SHARDS["knowledge_article"]],
        "checklist_template": [SHARDS["checklist_template"]],
        "outlet": [COMPANY["outlet"]],
        "service_contract": [COMPANY["service_contract"]],
        "technician": map(self_of, logins),
        "customer": [customer(row["id"]) for row in world.base["customers"]],
        "site": [site(row["id"]) for row in world.base["sites"]],
        "asset": [site(row["id"]) for row in world.base["sites"]],
        "work_order": sqlite.orders,
        "visit": sqlite.orders,
    }
    found = {entity: len(sqlite.of(entity, aggregates)) for entity, aggregates in places.items()}
    assert found == {
        "part": 300,
        "knowledge_article": 60,
        "checklist_template": 8,
        "outlet": 3,
        "service_contract": len(world.base["contracts"]),
        "technician": 30,
        "customer": 500,
        "site": len(world.base["sites"]),
        "asset": len(world.base["assets"]),
        "work_order": len(world.both("work_orders")),
        "visit": len(world.both("visits")),
    }
    assert found["work_order"] > 2500
    for login in logins:
        assert sqlite.of("shift", [self_of(login)]) and sqlite.of("certificate", [self_of(login)])


def test_lists_say_the_same_in_both_languages(built: Built) -> None:
    pairs = {article["title"]["zh"]: article["title"]["en"] for article in built.content.content.articles}
    pairs |= {words["zh"]: words["en"] for words in WORDS.values()}
    for record in built.of("work_order", built.orders):
        assert pairs[record.fields["title"]["zh"]] == record.fields["title"]["en"]


def test_phones_hold_what_they_said_and_nothing_that_the_office_knows(built: Built) -> None:
    heard = {one.technician: one for one in built.phones}
    assert len(heard) == len(built.phones) >= 27
    assert any(one.outbox.pending and one.outbox.uploads for one in built.phones)
    sent = Counter(
        row["technician"] for row in built.content.open["clashes"] if row["kind"].startswith("parked_")
    )
    for technician, pushed in sent.items():
        phone = heard[technician]
        assert phone.outbox.last_seq == pushed + phone.outbox.pending


def test_balances_are_the_sum_of_all_moves(built: Built) -> None:
    held = {
        (record.fields["location"], record.fields["part"]): record.fields["balance"]
        for row in built.content.content.stock_locations
        for record in built.of("stock_level", [stock(row["code"])])
    }
    summed = balances(built.content.both("stock_moves"))
    assert {key: balance for key, balance in held.items() if balance} == +summed
    assert min(held.values()) >= 0


def test_history_tells_the_last_orders_of_an_asset_oldest_first(built: Built) -> None:
    closed: dict[str, list[str]] = defaultdict(list)
    for row in sorted(built.content.both("work_orders"), key=lambda row: row["closed_at"] or ""):
        if row["state"] == "closed":
            closed[row["asset"]].append(row["id"])
    asset = max(closed, key=lambda asset: len(closed[asset]))
    entries = built.one("history", history_id(asset)).fields["entries"]
    told = [one["work_order"] for one in entries if one["work_order"] in closed[asset]]
    assert told == closed[asset][-len(told) :] and len(told) >= min(12, len(closed[asset])) - 1


def test_assignments_tell_when_it_happened_and_not_when_it_was_loaded(built: Built) -> None:
    done = next(row for row in built.content.year["visits"] if row["exec_state"] == "done")
    fields = built.one("assignment", assignment_id(done["id"])).fields
    assert (fields["assigned_at"], fields["ended_at"]) == (done["assigned_at"], done["done_at"])


def test_every_technician_pulls_the_jobs_of_today_and_nothing_of_others(built: Built) -> None:
    world = built.content
    mine: dict[str, set[str]] = defaultdict(set)
    for row in world.both("visits"):
        order = world.by_id[row["work_order"]]
        given = row["dispatch_state"] == "dispatched" and row["exec_state"] != "declined"
        if given and order["state"] != "closed":
            mine[row["technician"]].add(order["id"])
    sizes = []
    for row in world.content.technicians:
        login = row["login"]
        records, size = built.pull(login)
        sizes.append((size, len(records), login))
        held: dict[str, set[str]] = defaultdict(set)
        for record in records:
            held[record["entity"]].add(record["id"])
        assert held["work_order"] == mine[login]
        assert held["technician"] == {login}
        assert held["stock_location"] == {row["van"]}
        assert held["site"] == {world.by_id[order]["site"] for order in mine[login]}
        assert held["customer"] == {world.by_id[order]["customer"] for order in mine[login]}
        assert len(held["part"]) == 300 and len(held["knowledge_article"]) == 60
    sizes.sort()
    for name, (size, records_count, login) in (("smallest", sizes[0]), ("largest", sizes[-1])):
        print(f"\n{name} first pull: {login}, {records_count} records, {size / 1000:.0f} kB uncompressed")
    assert sizes[-1][0] < 2_000_000


def test_everybody_gets_an_account(built: Built) -> None:
    roles = Counter(role for person in built.people for role in person.roles)
    assert roles["technician"] == 30
    assert {"dispatcher", "expert", "intake", "storekeeper", "supervisor", "auditor", "admin"} <= set(roles)
    assert len({person.login for person in built.people}) == len(built.people)
