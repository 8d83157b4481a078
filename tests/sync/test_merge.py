"""What holds for every merge, whatever meets whatever: seeded sequences of operations on one record."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.clock import Base, Relation, relation
from sync.merge import At, Author, Merge, merge
from sync.operation import InvalidOperation, Operation, TimeEvidence
from sync.record import Record, decode_record, encode_record
from tests.openapi.vectors import SCHEMA

JOB = SCHEMA.entities["job"]
DEVICES = {"phone-a": "technician", "phone-b": "technician", "desk-li": "dispatcher"}

_words = st.sampled_from(["a", "b", "c"])
_changes = st.one_of(
    st.tuples(st.sampled_from(["phone", "serial", "hint", "priority", "answered_by", "place"]), _words),
    st.tuples(st.just("severity"), st.sampled_from(["low", "mid", "high"])),
    st.tuples(st.just("used"), st.integers(-3, 3).map(lambda n: {"inc": n})),
    st.tuples(st.just("tags"), _words.map(lambda word: {"add": [word]})),
    st.tuples(st.just("tags"), _words.map(lambda word: {"remove": [word]})),
    st.tuples(st.just("log"), _words.map(lambda word: {"add": [{"id": word}]})),
    st.tuples(st.just("state"), st.sampled_from(["start", "finish", "cancel"]).map(lambda e: {"event": e})),
)
_steps = st.lists(
    st.tuples(
        st.sampled_from(sorted(DEVICES)),
        st.sampled_from(["update", "update", "update", "delete"]),
        st.integers(0, 8),
        _changes,
        st.booleans(),
    ),
    min_size=1,
    max_size=10,
)


def _history(steps: list[Any], *, stored: bool) -> list[tuple[Operation, Record | None, Merge]]:
    """The steps one after the other on one record, each a transaction; `stored`: through its bytes every time."""
    record: Record | None = None
    seqs = dict.fromkeys(DEVICES, 0)
    told = []
    for place, (device, action, behind, (name, value), replayed) in enumerate(steps):
        seqs[device] += 1
        sent = Operation(
            device=device,
            seq=seqs[device],
            id=f"op-{place}",
            schema=2,
            entity="job",
            record="j1",
            aggregate="job/j1",
            base=Base("e1", max(0, place - behind)),
            at=TimeEvidence("2026-01-31T08:00:00Z"),
            action="create" if record is None else action,
            set={} if record is not None and action == "delete" else {name: value},
        )
        author = Author(device=device, user=device, roles=(DEVICES[device],))
        at = At(epoch="e1", current_ver=place, next_ver=place + 1, replayed=replayed and record is not None)
        try:
            merged = merge(JOB, record, sent, author, at)
        except InvalidOperation:
            continue
        told.append((sent, record, merged))
        record = decode_record(encode_record(merged.record)) if stored else merged.record
    return told


@given(_steps)
@settings(max_examples=300, deadline=None)
def test_a_merge_is_the_same_in_memory_and_through_bytes(steps: list[Any]) -> None:
    """A phone's overlay merges records that were never written; a server reads each one back."""
    for (_, _, here), (_, _, there) in zip(
        _history(steps, stored=False), _history(steps, stored=True), strict=True
    ):
        assert here.outcomes == there.outcomes
        assert encode_record(here.record) == encode_record(there.record)


@given(_steps)
@settings(max_examples=300, deadline=None)
def test_an_overwritten_concurrent_value_is_always_kept(steps: list[Any]) -> None:
    """Invariant 7, for the policies that replace a value."""
    for sent, before, merged in _history(steps, stored=True):
        if before is None:
            continue
        for name in sent.set:
            clock = before.clock(name)
            judged = relation(clock, sent.base, sent.device, sent.seq, "e1", merged.record.ver - 1)
            replaced = name in ("phone", "serial", "hint", "place") and judged is Relation.CONCURRENT
            if replaced and before.fields[name] != merged.record.fields[name]:
                kept = [one for one in merged.disagreements if one.field == name]
                assert [one.losing for one in kept] == [before.fields[name]]


@given(_steps)
@settings(max_examples=300, deadline=None)
def test_what_was_given_is_never_changed_and_nothing_new_is_no_change(steps: list[Any]) -> None:
    for _, before, merged in _history(steps, stored=True):
        if before is None:
            continue
        same = json.loads(encode_record(before)) == json.loads(encode_record(merged.record))
        assert same == (not merged.changed)


@given(_steps)
@settings(max_examples=300, deadline=None)
def test_a_field_has_the_clock_of_whoever_gave_its_value(steps: list[Any]) -> None:
    for sent, before, merged in _history(steps, stored=True):
        for name in JOB.fields:
            old = before.fields.get(name) if before else None
            if merged.record.fields.get(name) != old and name in sent.set:
                clock = merged.record.clock(name)
                assert clock is not None and (clock.device, clock.seq) == (sent.device, sent.seq)
