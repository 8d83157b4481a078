"""Whatever the bytes of a file are, both verifiers come to the same verdict, and never to a traceback."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

import msgspec
import pytest

from domain.evidence.package import encode_package, sealed_text
from domain.evidence.words import told
from tests.evidence import standalone
from tests.evidence.office import judged
from tests.evidence.world import KEY, ORIGIN, World
from tests.security.effort import TIMES
from tests.security.fuzz import corpus, mutants

MANGLED, RESHAPED = 900, 160
_AWKWARD: tuple[Any, ...] = (
    None, True, 0, -1, 2**53, 2**70, 1.5, "", "\ud800", "\u0000", "\n\n— a b\n", "a" * 300, [], {}, [[]], {"": None},
)  # fmt: skip


def _held_by_nobody(data: bytes) -> None:
    ours, alone = judged(data), standalone.verdict.judge(data)
    assert bool(ours.faults) == bool(alone.faults)
    assert not ours.holds() and not alone.holds()
    for language in ("en", "zh"):
        list(told(ours, language))
        list(standalone.words.told(alone, language))


@pytest.mark.parametrize("seed", range(3))
def test_mangled_bytes_are_told_apart_without_a_traceback(seed: int) -> None:
    file = World().file()
    for data in mutants([file, *corpus("evidence")], MANGLED // 3, seed):
        if data != file:
            _held_by_nobody(data)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of everything inside."""
    inner = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [place for key, one in inner for place in [(value, key), *_places(one)]]


def _reshaped(dice: random.Random, value: Any) -> Any:
    """One to four members become something awkward or a copy of another, or are gone."""
    for _ in range(dice.choice((1, 1, 2, 4))):
        places = _places(value)
        if not places:
            break
        container, key = dice.choice(places)
        other, name = dice.choice(places)
        match dice.randrange(3):
            case 0:
                container[key] = deepcopy(dice.choice(_AWKWARD))
            case 1:
                container[key] = deepcopy(other[name])
            case _:
                del container[key]
    return value


@pytest.mark.parametrize("seed", range(2))
def test_files_of_another_shape_are_judged_alike_even_when_sealed_anew(seed: int) -> None:
    dice = random.Random(seed)
    package = World().package()
    for _ in range(RESHAPED // 2 * TIMES):
        value = _reshaped(dice, json.loads(encode_package(package)))
        try:
            made = msgspec.convert(value, type(package))
            seal = KEY.line(ORIGIN, sealed_text(msgspec.structs.replace(made, seal="")))
            data = encode_package(msgspec.structs.replace(made, seal=seal))
        except (msgspec.ValidationError, UnicodeEncodeError):
            data = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
                errors="surrogatepass"
            )
        ours, alone = judged(data), standalone.verdict.judge(data)
        assert list(told(ours, "en")) == list(standalone.words.told(alone, "en"))


@pytest.mark.parametrize("seed", range(2))
def test_contents_of_another_shape_are_judged_alike(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(RESHAPED // 2 * TIMES):
        world = World()
        package = world.package()
        told_by_the_phone = json.loads(package.chain.entries[3].payload or "")["after"]
        data = World(said=world.said, fields=_as_told(_reshaped(dice, told_by_the_phone))).file()

        ours, alone = judged(data), standalone.verdict.judge(data)

        assert list(told(ours, "en")) == list(standalone.words.told(alone, "en"))


def _as_told(value: Any) -> dict[str, Any]:
    """Only what the canonical form can say at all."""
    return json.loads(json.dumps(value).replace("\\ud800", "").replace("1.5", "15"))
