"""What lies in quarantine enters the records as the device's own work, and leaves the device as it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from sync.engine import Deposited
from sync.push import RevokedDevice
from sync.store import DeviceRow
from tests.sync.conftest import Bench
from tests.sync.toy import ALICE, raw

A = "phone-a"
WITHDRAWN = msgspec.structs.replace(ALICE, revoked=True)


def lying(*payloads: bytes, received_at: str = "2026-02-01T08:00:00Z") -> list[Deposited]:
    return [
        Deposited(place=place, received_at=received_at, payload=one)
        for place, one in enumerate(payloads, start=1)
    ]


def fates(taken):
    return [(one.result.seq, one.result.status) if one.result else one.left for one in taken]


def test_a_poisoned_operation_is_parked_and_leaves_its_neighbours(bench: Bench):
    bench.put_device(WITHDRAWN)
    ops = [
        raw(A, seq, {"remarks": "poison"} if seq == 2 else {"used": {"inc": 1}}, base=1) for seq in (1, 2, 3)
    ]

    taken = bench.engine.take_over(WITHDRAWN, lying(*ops))

    assert fates(taken) == [(1, "applied"), (2, "parked"), (3, "applied")]
    assert bench.job().fields["used"] == 2 and [one.payload for one in bench.ledger()] == ops


def test_the_withdrawn_device_is_left_as_it_is(bench: Bench):
    bench.put_device(WITHDRAWN)

    bench.engine.take_over(WITHDRAWN, lying(raw(A, 7, {"used": {"inc": 1}}, base=1)))

    with pytest.raises(RevokedDevice):
        bench.engine.push(A, [raw(A, 8, {"used": {"inc": 1}}, base=1)])
    assert bench.store.transact(lambda tx: tx.lock_device(A)) == WITHDRAWN
    assert [(one.seq, one.received_at) for one in bench.ledger()] == [(7, "2026-02-01T08:00:00Z")]


def test_a_device_that_takes_part_again_goes_on_behind_what_was_taken_over(bench: Bench):
    ops = [raw(A, seq, {"used": {"inc": 1}}, base=1) for seq in (1, 2, 4)]

    taken = bench.engine.take_over(ALICE, lying(*ops))
    reply = bench.engine.push(A, [raw(A, 3, {"used": {"inc": 1}}, base=1)])
    rest = bench.engine.take_over(ALICE, lying(*ops))

    assert fates(taken) == [(1, "applied"), (2, "applied"), "gap"]
    assert [one.status for one in reply.results] == ["applied"]
    assert fates(rest) == [(1, "applied"), (2, "applied"), (4, "applied")]
    assert bench.job().fields["used"] == 4


def test_another_content_under_a_taken_number_and_what_cannot_be_placed_stay(bench: Bench):
    bench.engine.push(A, [raw(A, 1, {"phone": "1"}, base=1)])
    bench.put_device(msgspec.structs.replace(WITHDRAWN, last_seq=1))
    one, two, other = (
        raw(A, 1, {"phone": "1"}, base=1),
        raw(A, 2, {"used": {"inc": 1}}, base=1),
        b'{"seq":2}',
    )

    taken = bench.engine.take_over(WITHDRAWN, lying(raw(A, 1, {"phone": "x"}, base=1), one, two, other, b"{"))

    assert fates(taken) == ["number_taken", (1, "applied"), (2, "applied"), "number_taken", "illegible"]
    assert fates(bench.engine.take_over(WITHDRAWN, lying(one))) == [(1, "applied")]


def test_the_same_content_in_other_white_space_has_one_effect(bench: Bench):
    one = raw(A, 1, {"used": {"inc": 1}}, base=1)

    taken = bench.engine.take_over(WITHDRAWN, lying(one, one.replace(b'","', b'" , "')))

    assert fates(taken) == [(1, "applied")] * 2 and bench.job().fields["used"] == 1


def test_two_people_at_once_have_one_effect_from_a_device_without_a_row_too(bench: Bench):
    unknown = DeviceRow(id="forgotten", user="alice", roles=("technician",))
    ops = lying(*(raw("forgotten", seq, {"used": {"inc": 1}}, base=1) for seq in range(1, 31)))

    with ThreadPoolExecutor(2) as people:
        both = [people.submit(bench.engine.take_over, unknown, ops) for _ in range(2)]

    assert [fates(one.result()) for one in both] == [[(seq, "applied") for seq in range(1, 31)]] * 2
    assert bench.job().fields["used"] == 30
    assert bench.store.transact(lambda tx: tx.lock_device("forgotten")) is None
