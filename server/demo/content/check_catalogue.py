"""Checks over what people wrote: each yields one sentence per defect, nothing when all is well."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from server.demo.content.world import World

CHINESE = re.compile("[\u4e00-\u9fff]")
SIZES = {"parts": 300, "articles": 60, "checklists": 8, "technicians": 30, "outlets": 3}
ANSWERS = {"yes_no", "number", "choice", "photo", "text"}
FICTIONAL = re.compile(r"^1390000\d{4}$")


def sizes(world: World) -> Iterator[str]:
    for name, size in SIZES.items():
        if len(getattr(world.content, name)) != size:
            yield f"{name}: {len(getattr(world.content, name))} rows, promised {size}"


def codes_unique(world: World) -> Iterator[str]:
    for name, rows in world.everything():
        if isinstance(rows, list):
            keys = [next(row[key] for key in ("id", "code", "login") if key in row) for row in rows]
            yield from (
                f"{name}: {key} occurs {count} times" for key, count in Counter(keys).items() if count > 1
            )


def names_bilingual(world: World) -> Iterator[str]:
    """Chinese text has Chinese in it where it has words at all; English text has none."""
    for name, rows in world.everything():
        for value in _walk(rows):
            if isinstance(value, dict) and "zh" in value and "en" in value:
                if bool(value["zh"]) != bool(value["en"]) and name != "name_pool":
                    yield f"{name}: one language missing in {value}"
                if CHINESE.search(value["en"]) or (value["zh"] and not CHINESE.search(value["zh"])):
                    yield f"{name}: languages mixed in {value}"


def no_floats(world: World) -> Iterator[str]:
    for name, rows in world.everything():
        yield from (f"{name}: float {value}" for value in _walk(rows) if isinstance(value, float))


def _walk(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _walk(inner)


def parts_fit(world: World) -> Iterator[str]:
    content = world.content
    for part in content.parts:
        equipment = content.equipment_by_code.get(part["equipment"])
        if (
            equipment is None
            or not part["models"]
            or not set(part["models"]) <= {m["code"] for m in equipment["models"]}
        ):
            yield f"part {part['code']} fits no known model"
            continue
        classes = {row["code"]: row["warranty"] for row in equipment["components"]}
        if classes.get(part["component"]) != part["warranty"]:
            yield f"part {part['code']}: component {part['component']} is not of class {part['warranty']}"
        for code in part["alternatives"]:
            other = content.part_by_code.get(code)
            if other is None or not set(part["models"]) <= set(other["models"]):
                yield f"part {part['code']}: alternative {code} does not fit"


def prices_believable(world: World) -> Iterator[str]:
    for part in world.content.parts:
        if type(part["price_fen"]) is not int or not 500 <= part["price_fen"] <= 2_000_000:
            yield f"part {part['code']}: price {part['price_fen']} fen"
        for code in part["alternatives"]:
            other = world.content.part_by_code[code]
            if part["source"] == "original" != other["source"] and other["price_fen"] >= part["price_fen"]:
                yield f"part {code}: compatible, yet no cheaper than {part['code']}"


def articles_sound(world: World) -> Iterator[str]:
    """Real length, ranked causes whose parts exist for one of the models, a warning and a stop-work condition."""
    fitting = world.content.parts_by_model_and_group
    seen: set[str] = set()
    for article in world.content.articles:
        body = "".join(article["steps"]) + "".join(article["safety"].values())
        length = len(article["title"]["zh"] + body) + sum(
            len(cause["name"]["zh"]) for cause in article["causes"]
        )
        weights = [cause["weight"] for cause in article["causes"]]
        groups = {group for cause in article["causes"] for group in cause["part_groups"]}
        if not 150 <= length <= 400 or body in seen:
            yield f"article {article['code']}: {length} characters, or a copy of another"
        if (
            weights != sorted(weights, reverse=True)
            or len(weights) < 2
            or not all(article["safety"].values())
        ):
            yield f"article {article['code']}: causes not ranked, or no warning"
        for group in groups:
            if not any((article["equipment"], model, group) in fitting for model in article["models"]):
                yield f"article {article['code']}: no part of group {group} fits its models"
        if any(world.content.part_by_code[code]["group"] not in groups for code in article["part_codes"]):
            yield f"article {article['code']}: lists a part that none of its causes needs"
        seen.add(body)


def checklists_sound(world: World) -> Iterator[str]:
    for checklist in world.content.checklists:
        steps = checklist["steps"]
        if not 8 <= len(steps) <= 20 or len({step["id"] for step in steps}) != len(steps):
            yield f"checklist {checklist['code']}: {len(steps)} steps, or an id twice"
        for step in steps:
            answer = step["answer"]
            bounded = answer["type"] != "number" or (answer["unit"] and answer["min"] < answer["max"])
            chosen = answer["type"] != "choice" or len(answer["choices"]) >= 2
            if answer["type"] not in ANSWERS or not bounded or not chosen:
                yield f"checklist {checklist['code']}: step {step['id']} cannot be answered"
            if checklist["code"] == "full_test" and step["may_be_waived"] and not step["waiver_needs_reason"]:
                yield f"full test: {step['id']} may be waived without a reason"
        if checklist["code"] == "full_test" and checklist["skippable"]:
            yield "full test: may be skipped"


def people_sound(world: World) -> Iterator[str]:
    content = world.content
    skills, certificates = (
        {row["code"] for row in content.skills},
        {row["code"] for row in content.certificates},
    )
    vans = {row["code"]: row["technician"] for row in content.stock_locations if row["kind"] == "van"}
    outlets, shifts = {row["code"] for row in content.outlets}, {row["code"] for row in content.shifts}
    for row in content.technicians:
        held = {item["code"] for item in row["certificates"]}
        if not {item["code"] for item in row["skills"]} <= skills or not held <= certificates:
            yield f"technician {row['login']}: unknown skill or certificate"
        if (
            row["outlet"] not in outlets
            or row["shift_pattern"] not in shifts
            or vans.get(row["van"]) != row["login"]
        ):
            yield f"technician {row['login']}: unknown outlet, shift or van"
    for outlet in outlets:
        for equipment in content.equipment:
            able = [
                row
                for row in content.technicians
                if row["outlet"] == outlet
                and {item["code"] for item in row["skills"]} >= set(equipment["required_skills"])
            ]
            if len(able) < 2:
                yield f"outlet {outlet}: fewer than two technicians for {equipment['code']}"


def phones_fictional(world: World) -> Iterator[str]:
    rows = world.content.technicians + world.content.staff + world.content.outlets + world.base["contacts"]
    phones = [row["phone"] for row in rows]
    yield from (f"phone {phone} might be a real person's" for phone in phones if not FICTIONAL.match(phone))
    if len(set(phones)) != len(phones):
        yield "a phone number is used twice"


CATALOGUE_CHECKS = (
    sizes,
    codes_unique,
    names_bilingual,
    no_floats,
    parts_fit,
    prices_believable,
    articles_sound,
    checklists_sound,
    people_sound,
    phones_fictional,
)
