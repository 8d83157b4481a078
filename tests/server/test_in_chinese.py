"""Chinese names of fields and choices: none is missing, none names what nobody declares."""

from __future__ import annotations

from domain.declaration import SCHEMA
from domain.in_chinese import choice_name, field_name
from domain.in_chinese.choices import CHOICES
from domain.in_chinese.fields import FIELDS
from server.desk.names import thing
from sync.value_type import ValueType


def _walk(type: ValueType, members: set[str], choices: set[str]) -> None:
    choices.update(type.choices)
    for name, inner in type.members.items():
        members.add(name)
        _walk(inner, members, choices)
    if type.items is not None:
        _walk(type.items, members, choices)


def _declared() -> tuple[set[str], set[str]]:
    names: set[str] = set()
    choices: set[str] = set()
    for entity in SCHEMA.entities.values():
        for name, field in entity.fields.items():
            names.add(name)
            _walk(field.type, names, choices)
    return names, choices


def test_every_field_and_every_choice_has_a_chinese_name() -> None:
    names, choices = _declared()

    assert (names - set(FIELDS), choices - set(CHOICES)) == (set(), set())


def test_no_name_is_left_of_what_is_gone() -> None:
    names, choices = _declared()

    assert (set(FIELDS) - names, set(CHOICES) - choices) == (set(), set())


def test_what_has_no_name_yet_is_told_in_its_own_words() -> None:
    assert field_name("not_declared", "zh") == "not declared"
    assert choice_name("traveling", "en") == "traveling"


def test_every_kind_of_record_has_a_chinese_name() -> None:
    assert [entity for entity in SCHEMA.entities if thing(entity).zh.isascii()] == []
