"""Mutation of known inputs with fixed seeds: what a vector, a corpus file or a header may have become on its way."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.security.effort import TIMES

CORPUS = Path(__file__).parent / "corpus"
"""A folder per parser; every input that was ever wrong is added to it and stays."""

_SPLICES = (
    b"", b"\x00", b"\xff", b"\xed\xa0\x80", b'"', b"\\", b"\\ud800", b"{", b"}", b"[", b"]", b",", b":", b"null",
    b"-0", b"1e400", b"-1", b"9007199254740992", b"9" * 400, b"[" * 300, b"\xef\xbb\xbf", b"\r\n", b";", b"=", b"%00",
    b"../", "٣".encode(), "\u202e".encode(), b'{"$ref":"#"}', b'"__proto__":{}', b"a" * 5000,
)  # fmt: skip


def corpus(parser: str) -> list[bytes]:
    """The committed inputs of a parser, in the order of their names."""
    return [path.read_bytes() for path in sorted((CORPUS / parser).iterdir())]


def mutants(seeds: Sequence[bytes], count: int, seed: int = 1) -> Iterator[bytes]:
    """The inputs as they are, then so many mutants of them (times `DOORSTEP_SECURITY_EXAMPLES`)."""
    yield from seeds
    dice = random.Random(seed)
    for _ in range(count * TIMES):
        made = dice.choice(seeds)
        for _ in range(dice.choice((1, 1, 1, 2, 4, 8))):
            made = _mutated(made, seeds, dice)
        yield made


def _mutated(data: bytes, seeds: Sequence[bytes], dice: random.Random) -> bytes:
    place = dice.randrange(len(data) + 1)
    end = min(len(data), place + dice.choice((0, 1, 1, 2, 4, 16, 64)))
    match dice.randrange(7):
        case 0 if data:  # one bit
            at = place % len(data)
            return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
        case 1:  # cut out
            return data[:place] + data[end:]
        case 2:  # said twice
            return data[:end] + data[place:end] + data[end:]
        case 3:  # cut off
            return data[:place]
        case 4:  # crossed with another
            other = dice.choice(seeds)
            return data[:place] + other[dice.randrange(len(other) + 1) :]
        case _:  # something awkward put in
            return data[:place] + dice.choice(_SPLICES) + data[end:]
