"""The Merkle tree of RFC 6962, section 2.1: growing it, its root, and which nodes prove what.

A node `(level, place)` covers the 2^level leaves from `place * 2^level`, and is kept once all of them are there: it
never changes again. Ranges that are not whole nodes are put together from those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

Node = tuple[int, int]
"""(level, place)."""
Nodes = Mapping[Node, bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: it can never be taken for that of a pair."""
    return hashlib.sha256(b"\x00" + data).digest()


def pair_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees, the earlier leaves first."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks(size: int) -> list[Node]:
    """The whole nodes that a tree of this size consists of, the largest and earliest first."""
    return _cover(0, size)


def grown(size: int, held: Nodes, leaves: Sequence[bytes]) -> dict[Node, bytes]:
    """The nodes that these leaf hashes add to a tree whose peaks are held."""
    made: dict[Node, bytes] = {}
    for place, hash in enumerate(leaves, start=size):
        level = 0
        made[level, place] = hash
        while place % 2:
            left = (level, place - 1)
            hash = pair_hash(made[left] if left in made else held[left], hash)
            level, place = level + 1, place // 2
            made[level, place] = hash
    return made


def root(size: int, nodes: Nodes) -> bytes:
    """The root of the first `size` leaves; `nodes` holds at least their peaks."""
    return _hash_of(0, size, nodes) if size else EMPTY_ROOT


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The ranges of leaves whose hashes prove that a leaf is in a tree of this size, the nearest first."""
    found: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(earlier: int, size: int) -> list[tuple[int, int]]:
    """The ranges whose hashes prove that the tree of `earlier` leaves is the beginning of that of `size`."""
    found: list[tuple[int, int]] = []
    start, end, is_known = 0, size, True
    while earlier != end:
        middle = start + _split(end - start)
        if earlier <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, is_known = middle, False
    if not is_known:
        found.append((start, end))
    return found[::-1]


def nodes_of(ranges: Sequence[tuple[int, int]]) -> set[Node]:
    """The nodes to be read for these ranges."""
    return {node for start, end in ranges for node in _cover(start, end)}


def proof(ranges: Sequence[tuple[int, int]], nodes: Nodes) -> list[bytes]:
    """The hashes of these ranges."""
    return [_hash_of(start, end, nodes) for start, end in ranges]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a leaf hash and its proof lead; None where the proof cannot be one of that place and size.

    RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    place, last, hash = index, size - 1, leaf
    for step in path:
        if not last:
            return None
        if place % 2 or place == last:
            hash = pair_hash(step, hash)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            hash = pair_hash(hash, step)
        place, last = place >> 1, last >> 1
    return None if last else hash


def is_consistent(earlier: int, earlier_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the proof shows that the earlier tree is the beginning of the later one. RFC 9162, section 2.1.4.2."""
    if earlier == size:
        return not path and earlier_root == root
    if not 0 < earlier < size:
        return False
    steps = list(path) if earlier & (earlier - 1) else [earlier_root, *path]
    if not steps:
        return False
    place, last = earlier - 1, size - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if not last:
            return False
        if place % 2 or place == last:
            old, new = pair_hash(step, old), pair_hash(step, new)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            new = pair_hash(new, step)
        place, last = place >> 1, last >> 1
    return not last and old == earlier_root and new == root


def _hash_of(start: int, end: int, nodes: Nodes) -> bytes:
    hash = b""
    for node in reversed(_cover(start, end)):
        hash = pair_hash(nodes[node], hash) if hash else nodes[node]
    return hash


def _cover(start: int, end: int) -> list[Node]:
    return list(_whole_nodes(start, end))


def _whole_nodes(start: int, end: int) -> Iterator[Node]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _split(size: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << ((size - 1).bit_length() - 1)
