"""The public face: a phone that authors work offline, shows it at once, and exchanges it when there is signal."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import msgspec

from doorstep_client import author as authoring
from doorstep_client import outbox, readiness, reply, snapshot, uploads, view
from doorstep_client.clock import Clock, Reading, SystemClock
from doorstep_client.enrolment import become
from doorstep_client.exchange import DEFAULT_LIMITS, Exchange, Limits, build
from doorstep_client.freshness import Freshness, freshness
from doorstep_client.identifier import RandomBytes
from doorstep_client.identity import Identity, adopt_schema, has_schema, identity
from doorstep_client.key import DeviceKey, Key
from doorstep_client.line import Line
from doorstep_client.outbox import Entry
from doorstep_client.problem import Refused
from doorstep_client.readiness import Readiness
from doorstep_client.receipt import Receipt, receipts
from doorstep_client.reply import Taken
from doorstep_client.store import Connect, Store, connect
from doorstep_client.transport import Transport, expect_success
from doorstep_client.uploads import Kind, Upload, Uploader
from doorstep_client.view import Seen
from sync.schema import Schema
from sync.wire import SyncReply

MOST_ROUNDS = 1000
"""Exchanges in one `sync`: a server that always has more to say does not keep a phone awake for ever."""


class Phone:
    """One device's store and its way to the server. Used by one thread; every change is one durable transaction."""

    def __init__(
        self,
        path: Path,
        transport: Transport,
        *,
        key: Key | None = None,
        clock: Clock | None = None,
        random_bytes: RandomBytes = os.urandom,
        limits: Limits = DEFAULT_LIMITS,
        connect: Connect = connect,
    ) -> None:
        """Open the store at `path`, made if it is not there. The key lies beside it unless one is given."""
        self._clock = clock or SystemClock()
        self._random_bytes = random_bytes
        self._limits = limits
        self._transport = transport
        self.store = Store(path, connect)
        key = key or DeviceKey.in_file(path.with_name(path.name + ".key"))
        self._line = Line(self.store, transport, key, self._clock)
        self._uploader = Uploader(self.store, self._line, limits.upload_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store. Nothing needs to be saved first."""
        self.store.close()

    # Who it is

    def enrol(self, code: str, name: str, platform: str) -> Identity:
        """Become a device by a one-time code; raises `Unreachable` or `Refused`. Safe to repeat after a lost reply."""
        answer = self._line.enrol(code, name, platform)
        with self.store.transaction():
            me = Identity(device=answer.device, user=answer.user, roles=answer.roles)
            become(self.store, me, answer.epoch, answer.nonce)
            self._line.keep(answer.token, answer.token_expires_in)
        self.fetch_schema()
        return self.identity

    @property
    def identity(self) -> Identity:
        """Device, user and roles; raises `NotEnrolled`."""
        return identity(self.store)

    def fetch_schema(self) -> None:
        """Fetch and adopt the server's schema."""
        answer = expect_success(self._line.call("GET", "/v1/schema", {"Accept": "application/json"}))
        adopt_schema(self.store, Schema.from_json(answer.body))

    # Work

    def author(
        self,
        entity: str,
        record: str | None = None,
        aggregate: str | None = None,
        set: Mapping[str, Any] | None = None,
        action: str = "update",
        *,
        moved_from: str = "",
        decides: str = "",
        checked: bool = True,
    ) -> Entry:
        """Make one change, durably, seen at once; raises `InvalidOperation` or `ReadOnly` and then keeps nothing.

        Without `record` a creation gets a fresh id; without `aggregate` it is the record's. `checked=False` leaves
        the judgement to the server, for entities and fields that this phone's schema does not know.
        """
        draft = authoring.Draft(
            entity=entity,
            record=record or "",
            aggregate=aggregate or "",
            set=dict(set or {}),
            action=action,
            moved_from=moved_from,
            decides=decides,
        )
        return self.author_all([draft], checked=checked)[0]

    def author_all(
        self, drafts: Iterable[Mapping[str, Any] | authoring.Draft], *, checked: bool = True
    ) -> list[Entry]:
        """Make several changes, all or none; each sees the ones before it. Drafts are plain mappings, or `Draft`s."""
        return authoring.author_all(
            self.store,
            [msgspec.convert(draft, authoring.Draft) for draft in drafts],
            self._clock.read(),
            self._random_bytes,
            self._limits,
            checked=checked,
        )

    def get(self, entity: str, id: str) -> Seen | None:
        """One record with this phone's own work on top; None when there is none."""
        return view.seen(self.store, entity, id)

    def of(self, aggregate: str, entity: str) -> list[Seen]:
        """All live records of one kind in an aggregate, ordered by id."""
        return view.of(self.store, aggregate, entity)

    def aggregates(self, kind: str = "") -> list[str]:
        """Ids of the aggregates to be seen here, of one kind (`work_order`) or of all; own unsent ones too."""
        return view.aggregates(self.store, kind)

    def conflicts(self, aggregate: str | None = None) -> list[Seen]:
        """Conflicts here, decided ones too; `fields["state"]` tells which are open."""
        homes = [aggregate] if aggregate is not None else self.aggregates()
        return [one for home in homes for one in self.of(home, "conflict")]

    # What became of it

    def outbox(self) -> list[Entry]:
        """Operations that have no result here yet, in order of authoring."""
        return [entry for entry in outbox.entries(self.store) if entry.state == "pending"]

    def receipts(self, language: str = "en") -> list[Receipt]:
        """What became of each operation held here, in order of authoring, in words of `en` or `zh`."""
        return receipts(self.store, language)

    def freshness(self) -> Freshness:
        """When the server was last heard, and what it does not know yet."""
        return freshness(self.store, self._clock.read())

    # Exchange

    def prepare(self) -> Exchange:
        """The next request, for a transport of one's own; nothing is written."""
        return build(self.store, self._limits)

    def take(self, exchange: Exchange, answer: SyncReply, sent_at: Reading, received_at: Reading) -> Taken:
        """Take the reply to `prepare`'s request in. Safe to repeat."""
        return reply.take(self.store, exchange, answer, sent_at, received_at, self._limits)

    def sync(self) -> Taken:
        """Exchange until nothing is left to send or fetch; raises `Unreachable` or `Refused`, and keeps what came."""
        total = Taken()
        limits = self._limits
        if not has_schema(self.store):
            self.fetch_schema()  # the enrolment was cut off after its first half
        for _ in range(MOST_ROUNDS):
            exchange = build(self.store, limits)
            try:
                taken = self._exchange(exchange)
            except Refused as refused:
                if refused.status != 413 or len(exchange.sent) < 2:
                    raise
                limits = msgspec.structs.replace(limits, push_operations=len(exchange.sent) // 2)
                continue
            _add(total, taken)
            is_newer = taken.schema_wanted and self._adopt_newer(total)
            snapshots = snapshot.wanted(self.store)
            for one in snapshots:
                snapshot.fetch(self.store, self._line, one)
            if not (taken.again or is_newer or snapshots):
                break
        return total

    def _adopt_newer(self, total: Taken) -> bool:
        """A schema that this release cannot read is told; the phone goes on by the one that it has."""
        try:
            self.fetch_schema()
        except msgspec.ValidationError as problem:
            total.faults.append(f"the server's schema needs a newer release of this client: {problem}")
            return False
        return True

    def _exchange(self, exchange: Exchange) -> Taken:
        sent_at = self._clock.read()
        answer = self._line.sync(exchange.body)
        received_at = self._clock.read()
        return self.take(exchange, reply.decode_reply(answer.body), sent_at, received_at)

    def readiness(self) -> Readiness:
        """Ready for no signal: green, or red with what is missing; raises `Unreachable`."""
        return readiness.check(self.store, self._line)

    # Media

    def attach(
        self, media: str, path: Path, kind: Kind = "original", type: str = "application/octet-stream"
    ) -> Upload:
        """Queue a file for a media record; its row travels as an operation, its bytes by `upload`."""
        return uploads.queue(self.store, media, path, kind, type)

    def upload(self, most_chunks: int | None = None) -> int:
        """Send queued files, posters first; how many chunks went. Raises `Unreachable`, to go on later."""
        return self._uploader.send(most_chunks)

    def uploads(self) -> list[Upload]:
        """All files ever queued and how far they are."""
        return uploads.uploads(self.store)


def _add(total: Taken, taken: Taken) -> None:
    total.results += taken.results
    total.swapped += [id for id in taken.swapped if id not in total.swapped]
    total.staged += taken.staged
    total.left += taken.left
    total.faults += [fault for fault in taken.faults if fault not in total.faults]
