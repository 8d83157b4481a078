"""Each repair of what the simulator found, undone again: its case must go red without it, or it shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytest import MonkeyPatch

import doorstep_client.phone
from doorstep_client import outbox, reply, uploads
from doorstep_client.store import Store
from sync import casts
from sync.record import decode_record
from sync.schema import Schema


def entities_to_come_are_left_out(patch: MonkeyPatch) -> None:
    """An old phone is not sent what it does not know, and its aggregate never adds up to the digest."""
    real = casts.downcast

    def downcast(body: bytes, schema: Schema, known: Any, version: int) -> bytes | None:
        entity = schema.entities.get(decode_record(body).entity)
        return None if entity is None or entity.since > version else real(body, schema, known, version)

    patch.setattr(casts, "downcast", downcast)


def pages_of_two_schemas_are_mixed(patch: MonkeyPatch) -> None:
    """A phone that adopts another schema goes on with the pages that it laid aside."""

    def adopt(store: Store, newer: Schema) -> None:
        with store.transaction():
            store.run(
                "INSERT INTO refetch (aggregate) SELECT id FROM aggregate WHERE NOT shadow ON CONFLICT DO NOTHING"
            )
            store.put(schema=newer)

    patch.setattr(doorstep_client.phone, "adopt_schema", adopt)


def retention_counts_by_the_wall_clock(patch: MonkeyPatch) -> None:
    """What was acknowledged is dropped after 30 days of a clock that anybody can set."""
    real = reply.take

    def take(
        store: Store, exchange: Any, answer: Any, sent_at: Any, received_at: Any, limits: Any
    ) -> reply.Taken:
        taken = real(store, exchange, answer, sent_at, received_at, limits)
        with store.transaction():
            outbox.forget_old(store, received_at.wall_ms, limits.keep_acked_days)
        return taken

    patch.setattr(reply, "take", take)


def withdrawn_phones_do_not_hear_of_a_restore(patch: MonkeyPatch) -> None:
    """What a withdrawn phone had deposited, or sent, counts as kept though the server has lost it since."""

    def deposited(store: Store, exchange: Any, seq: int, history: str, now_ms: int) -> bool:
        return outbox.deposit(store, exchange.device, seq, now_ms) > 0

    patch.setattr(reply, "_deposited", deposited)


def pages_of_what_left_are_kept(patch: MonkeyPatch) -> None:
    """Pages of an aggregate that left before the last one came stay, and nothing is ever complete again."""
    patch.setattr(reply._Puller, "_drop_unfinished", lambda self, pull: None)


def photos_of_an_unknown_phone_are_given_up(patch: MonkeyPatch) -> None:
    """A server that does not know the phone counts as one that will not have the file."""
    patch.setattr(uploads, "_NOT_NOW", (403,))


UNREPAIRED: dict[str, Callable[[MonkeyPatch], None]] = {
    "old-phone-meets-an-entity-to-come": entities_to_come_are_left_out,
    "pages-of-two-schemas": pages_of_two_schemas_are_mixed,
    "pages-of-what-has-left": pages_of_what_left_are_kept,
    "photo-of-an-unknown-phone": photos_of_an_unknown_phone_are_given_up,
    "wrong-clock-and-restore": retention_counts_by_the_wall_clock,
    "withdrawn-phone-and-restored-server": withdrawn_phones_do_not_hear_of_a_restore,
}
"""Name of the case in `tests/sim/seeds` → what was repaired."""
