"""The tree is that of RFC 6962, by its own definition and by numbers that others have published."""

from __future__ import annotations

import hashlib

from sync.log.tree import (
    EMPTY_ROOT,
    consistency_ranges,
    grown,
    inclusion_ranges,
    is_consistent,
    leaf_hash,
    nodes_of,
    pair_hash,
    peaks,
    proof,
    root,
    root_from_inclusion,
)
from tests.evidence.standalone import merkle

SIZES = range(1, 34)
LEAVES = [bytes([one]) * one for one in range(max(SIZES))]
PUBLISHED_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
"""Those of the reference implementation of certificate transparency, and two of its roots."""
PUBLISHED_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def _root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if len(leaves) < 2:
        return leaf_hash(leaves[0]) if leaves else hashlib.sha256(b"").digest()
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return pair_hash(_root(leaves[:k]), _root(leaves[k:]))


def _path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    if m < k:
        return [*_path(m, leaves[:k]), _root(leaves[k:])]
    return [*_path(m - k, leaves[k:]), _root(leaves[:k])]


def _subproof(m: int, leaves: list[bytes], *, is_whole: bool = True) -> list[bytes]:
    """SUBPROOF of section 2.1.2."""
    if m == len(leaves):
        return [] if is_whole else [_root(leaves)]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    if m <= k:
        return [*_subproof(m, leaves[:k], is_whole=is_whole), _root(leaves[k:])]
    return [*_subproof(m - k, leaves[k:], is_whole=False), _root(leaves[:k])]


def _grown(leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    """Leaf by leaf, each time knowing the peaks alone."""
    nodes: dict[tuple[int, int], bytes] = {}
    for size, leaf in enumerate(leaves):
        nodes |= grown(size, {one: nodes[one] for one in peaks(size)}, [leaf_hash(leaf)])
    return nodes


NODES = _grown(LEAVES)


def test_roots_are_the_published_ones() -> None:
    leaves = [bytes.fromhex(one) for one in PUBLISHED_LEAVES]
    nodes = _grown(leaves)

    assert {size: root(size, nodes).hex() for size in PUBLISHED_ROOTS} == PUBLISHED_ROOTS
    assert root(0, {}) == EMPTY_ROOT


def test_roots_are_those_of_the_definition_however_the_tree_grew() -> None:
    at_once = grown(0, {}, [leaf_hash(one) for one in LEAVES])

    assert at_once == NODES
    assert [root(size, NODES) for size in SIZES] == [_root(LEAVES[:size]) for size in SIZES]


def test_every_leaf_of_every_size_is_proven_as_the_definition_says() -> None:
    for size in SIZES:
        for index in range(size):
            ranges = inclusion_ranges(index, size)
            path = proof(ranges, {one: NODES[one] for one in nodes_of(ranges)})
            leaf = leaf_hash(LEAVES[index])
            assert path == _path(index, LEAVES[:size])
            assert root_from_inclusion(leaf, index, size, path) == root(size, NODES)
            assert merkle.root_of(leaf, index, size, path) == root(size, NODES)


def test_a_proof_that_was_changed_leads_elsewhere() -> None:
    for size in SIZES:
        for index in range(size):
            path, leaf = _path(index, LEAVES[:size]), leaf_hash(LEAVES[index])
            wrong = [
                (leaf, index, size, path[:-1]),
                (leaf, index, size, [*path, bytes(32)]),
                (leaf, size, size, path),
                (leaf, -1, size, path),
                (bytes(32), index, size, path),
                *((leaf, other, size, path) for other in range(size) if other != index),
            ]
            for one in wrong if path else wrong[1:]:
                assert root_from_inclusion(*one) != root(size, NODES)
                assert merkle.root_of(*one) == root_from_inclusion(*one)


def test_every_earlier_state_is_proven_as_the_definition_says() -> None:
    for size in SIZES:
        for earlier in range(1, size + 1):
            ranges = consistency_ranges(earlier, size)
            path = proof(ranges, {one: NODES[one] for one in nodes_of(ranges)})
            assert path == _subproof(earlier, LEAVES[:size])
            states = (earlier, root(earlier, NODES), size, root(size, NODES))
            assert is_consistent(*states, path)
            assert merkle.is_continued(*states, path)


def test_a_state_that_never_was_is_not_proven() -> None:
    for size in SIZES:
        for earlier in range(size + 2):
            path = _subproof(earlier, LEAVES[:size]) if 0 < earlier <= size else []
            old = _root([*LEAVES[: max(earlier - 1, 0)], b"another"])
            now = root(size, NODES)
            wrong = [(earlier, old, size, now, path), (earlier, now, size, old, path)]
            if path:
                wrong.append((earlier, root(earlier, NODES), size, now, path[:-1]))
            for one in wrong:
                assert not is_consistent(*one)
                assert not merkle.is_continued(*one)
