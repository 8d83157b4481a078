"""What the company knows: checklist templates and knowledge articles."""

from __future__ import annotations

from domain.schema.kinds import (
    any_json,
    bilingual,
    boolean,
    choice,
    codes,
    group,
    integer,
    list_of,
    ref,
    text,
)
from domain.schema.orders import KINDS
from domain.schema.owned import once, owned, supervisor
from sync.schema import Entity

AUTHORS = ("expert", "supervisor", "admin")
"""Who writes knowledge articles."""

CHECKLIST_TEMPLATE = Entity(
    root="catalogue",
    meaning="One version of a checklist. A change makes a new record: a visit stays on the version it was given.",
    fields={
        "code": once(text(64), "Which checklist.", required=True),
        "version": once(integer(1), "Which version.", required=True),
        "name": once(bilingual(), "Its name.", required=True),
        "equipment": once(codes(40), "Equipment types that it is for."),
        "order_kinds": once(list_of(choice(*KINDS), 20), "Kinds of order that it is for."),
        "skippable": once(boolean(), "May be left out as a whole; never the full test."),
        "steps": once(
            list_of(
                group(
                    id=text(64, must=True),
                    text=bilingual(must=True),
                    answer=any_json(),
                    required=boolean(),
                    may_be_waived=boolean(),
                    waiver_needs_reason=boolean(),
                    evidence_required=boolean(),
                ),
                200,
            ),
            "Its steps, in order.",
            required=True,
        ),
        "retired": supervisor(boolean(), "Not given to new visits any more."),
    },
)

KNOWLEDGE_ARTICLE = Entity(
    root="catalogue",
    meaning="What to do about a known fault.",
    fields={
        "code": once(text(64), "Its code.", required=True),
        "title": owned(AUTHORS, bilingual(), "Its title.", required=True),
        "equipment": owned(AUTHORS, text(40), "Equipment type."),
        "models": owned(AUTHORS, codes(200), "Models."),
        "fault_code": owned(AUTHORS, text(40), "Fault code."),
        "symptoms": owned(AUTHORS, list_of(text(200), 40), "What people say and see."),
        "causes": owned(
            AUTHORS,
            list_of(
                group(
                    key=text(40, must=True),
                    name=bilingual(must=True),
                    weight=integer(0),
                    part_groups=codes(40),
                ),
                40,
            ),
            "Likely causes, by weight.",
        ),
        "steps": owned(AUTHORS, list_of(text(1000), 60), "What to do, in order."),
        "safety": owned(AUTHORS, group(warning=text(1000), stop_work=text(1000)), "What to beware of."),
        "parts": owned(AUTHORS, codes(100), "Codes of parts that are often needed."),
        "drafted_from": once(ref("verdict"), "The expert verdict that it came from."),
        "published": owned(AUTHORS, boolean(), "Read on phones; false: a draft."),
    },
)

ENTITIES = {"checklist_template": CHECKLIST_TEMPLATE, "knowledge_article": KNOWLEDGE_ARTICLE}
