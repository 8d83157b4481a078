"""Fields by whose word counts in them: the lines of the owner table, one function each."""

from __future__ import annotations

from domain.schema.kinds import instant
from sync.policy import Append, Counter, Immutable, LwwWithInbox, Machine, Owner, Policy, SetUnion, Text
from sync.schema import Field, Others
from sync.value_type import ValueType

OWNER = Owner()


def owned(
    owner: tuple[str, ...],
    type: ValueType,
    meaning: str,
    policy: Policy = OWNER,
    *,
    others: Others = "request",
    required: bool = False,
) -> Field:
    """A field in which the word of these roles counts; everybody else's becomes a request."""
    return Field(type=type, policy=policy, meaning=meaning, owner=owner, others=others, required=required)


def dispatcher(type: ValueType, meaning: str, policy: Policy = OWNER) -> Field:
    """The dispatcher wins; a technician may request."""
    return owned(("dispatcher",), type, meaning, policy)


def technician(type: ValueType, meaning: str, policy: Policy = OWNER, *, required: bool = False) -> Field:
    """The technician wins, on their own visit."""
    return owned(("technician",), type, meaning, policy, required=required)


def customer(type: ValueType, meaning: str) -> Field:
    """The customer wins; what somebody else heard has a field of its own."""
    return owned(("customer",), type, meaning)


def expert(type: ValueType, meaning: str, policy: Policy = OWNER, *, others: Others = "request") -> Field:
    """The expert wins."""
    return owned(("expert",), type, meaning, policy, others=others)


def intake(type: ValueType, meaning: str) -> Field:
    """Who takes the request in wins."""
    return owned(("intake",), type, meaning)


def supervisor(type: ValueType, meaning: str, policy: Policy = OWNER, *, required: bool = False) -> Field:
    """The supervisor or an administrator wins: people, agreements, templates."""
    return owned(("supervisor", "admin"), type, meaning, policy, required=required)


def storekeeper(type: ValueType, meaning: str, policy: Policy = OWNER, *, required: bool = False) -> Field:
    """The storekeeper wins: parts, places and counts."""
    return owned(("storekeeper",), type, meaning, policy, required=required)


def system(type: ValueType, meaning: str, policy: Policy = OWNER, *, required: bool = False) -> Field:
    """Written by follow-ups alone; nobody's word counts."""
    return owned(("system",), type, meaning, policy, others="refuse", required=required)


def erased_at() -> Field:
    """When the personal data of this customer's records were taken out; nothing about them is written any more."""
    return system(instant(), "When personal data were erased here; empty: they were not.")


def shared(type: ValueType, meaning: str, *, required: bool = False) -> Field:
    """Everyone may correct it; a clash is kept and goes to the inbox."""
    return Field(type=type, policy=LwwWithInbox(), meaning=meaning, required=required)


def once(type: ValueType, meaning: str, *, required: bool = False) -> Field:
    """Set when the record is made, by whoever makes it, and never changed."""
    return Field(type=type, policy=Immutable(), meaning=meaning, required=required)


def prose(owner: tuple[str, ...], type: ValueType, meaning: str) -> Field:
    """Longer text, merged passage by passage."""
    return Field(type=type, policy=Text(), meaning=meaning, owner=owner)


def union(owner: tuple[str, ...], type: ValueType, meaning: str) -> Field:
    """A set in which additions meet."""
    return Field(type=type, policy=SetUnion(), meaning=meaning, owner=owner)


def entries(owner: tuple[str, ...], type: ValueType, meaning: str) -> Field:
    """A list that only grows; each entry has an id."""
    return Field(type=type, policy=Append(), meaning=meaning, owner=owner)


def balance(type: ValueType, meaning: str) -> Field:
    """A sum that the system keeps from a ledger."""
    return owned(("system",), type, meaning, Counter(), others="refuse")


def state(owner: tuple[str, ...], machine: Machine, meaning: str, *, others: Others = "request") -> Field:
    """A state that moves by named events."""
    return Field(
        type=ValueType(kind="choice", choices=tuple(machine.table)),
        policy=machine,
        meaning=meaning,
        owner=owner,
        others=others,
    )
