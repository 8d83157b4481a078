"""What every phone knows: skills, parts with prices, fault articles, checklist templates. Ids are the codes."""

from __future__ import annotations

from collections.abc import Iterator

from domain.commands.draft import Drafted, create
from domain.place import SHARDS
from server.demo.content.load import Content, Record


def catalogue(content: Content) -> Iterator[list[Drafted]]:
    """The whole catalogue, a group per record."""
    for row in content.skills:
        yield [create("skill", row["code"], SHARDS["skill"], code=row["code"], name=row["name"])]
    for row in content.parts:
        yield [_part(row)]
    for row in content.articles:
        yield [_article(row)]
    for row in content.checklists:
        yield [_template(row)]


def template_id(row: Record) -> str:
    """The record of one version of a checklist."""
    return f"{row['code']}-{row['version']}"


def _part(row: Record) -> Drafted:
    return create(
        "part",
        row["code"],
        SHARDS["part"],
        code=row["code"],
        name=row["name"],
        group=row["group"],
        component=row["component"],
        equipment=row["equipment"],
        models=row["models"],
        price_fen=row["price_fen"],
        component_class=row["warranty"],
        source=row["source"],
        alternatives=row["alternatives"],
        serialised=row["component"] == "compressor",
    )


def _article(row: Record) -> Drafted:
    return create(
        "knowledge_article",
        row["code"],
        SHARDS["knowledge_article"],
        code=row["code"],
        title=row["title"],
        equipment=row["equipment"],
        models=row["models"],
        fault_code=row["fault_code"],
        symptoms=row["symptoms"],
        causes=row["causes"],
        steps=row["steps"],
        safety=row["safety"],
        parts=row["part_codes"],
        published=True,
    )


def _template(row: Record) -> Drafted:
    return create(
        "checklist_template",
        template_id(row),
        SHARDS["checklist_template"],
        code=row["code"],
        version=row["version"],
        name=row["name"],
        equipment=row["equipment"],
        order_kinds=["return" if kind == "return_exchange" else kind for kind in row["order_kinds"]],
        skippable=row["skippable"],
        steps=row["steps"],
    )
