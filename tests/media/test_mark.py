"""The acknowledged offset survives a write that was torn at any byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import mark

OFFSETS = st.integers(0, (1 << 63) - 1)


def after(*offsets: int) -> bytearray:
    """The mark file after these commits."""
    content = bytearray(mark.MARK_BYTES)
    for turn, offset in enumerate(offsets):
        position = mark.slot_position(turn)
        record = mark.encode(offset)
        content[position : position + len(record)] = record
    return content


@given(st.lists(OFFSETS, min_size=1, max_size=5, unique=True).map(sorted))
def test_the_last_commit_is_the_truth(offsets: list[int]) -> None:
    found = mark.decode(bytes(after(*offsets)))
    assert found is not None
    assert found[0] == offsets[-1]
    assert mark.slot_position(found[1]) == mark.slot_position(len(offsets))


@given(st.lists(OFFSETS, min_size=3, max_size=3, unique=True).map(sorted), st.data())
def test_a_torn_commit_leaves_the_one_before(offsets: list[int], data: st.DataObject) -> None:
    whole, before = after(*offsets), after(*offsets[:2])
    torn = data.draw(st.integers(0, len(whole)))
    found = mark.decode(bytes(whole[:torn] + before[torn:]))
    assert found is not None
    assert found[0] in offsets[1:]


@pytest.mark.parametrize(
    "content", [b"", bytes(mark.MARK_BYTES), b"\xff" * mark.MARK_BYTES, mark.encode(5)[:-1]]
)
def test_what_is_no_mark_is_none(content: bytes) -> None:
    assert mark.decode(content) is None
