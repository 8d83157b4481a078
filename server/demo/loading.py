"""Gives records to the write door in large batches, each taken once however often the builder runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from domain.commands.draft import Drafted
from server.demo.clashes import Said
from server.demo.content.identity import stable_id
from sync.apply import decode_result
from sync.clock import Base
from sync.engine import Draft, Engine
from sync.operation import Operation, TimeEvidence, encode_operation
from sync.outcome import Result
from sync.push import Refused
from sync.store import Ask, Changes, DeviceRow, Receipt, WriteTransaction

DOOR = DeviceRow(id="demo", user="demo", roles=("system",))
"""One door for everything, as for an import: the people who did it are named in the records. The system owns every
field, so that nothing becomes a request, and its own order of operations makes nothing concurrent."""

PHONE_ERROR_MS = 500
"""How well a phone knows the time."""
BATCH = 300
"""Operations after which a batch is closed; the next group begins another one."""

Group = Sequence[Drafted]
"""Records that stay in one transaction. A batch locks only what its own operations name: a visit gives its technician
the site and the customer, so these are in the visit's group."""


class NotApplied(Exception):
    """The write door did not take a record as it is: the declaration and the demo's content disagree."""

    def __init__(self, drafted: Drafted, result: Result) -> None:
        said = [result.reason, result.detail, *(f"{one.field}: {one.reason}" for one in result.fields)]
        super().__init__(
            f"{drafted.entity} {drafted.record} was {result.status}, not applied: "
            + ", ".join(filter(None, said))
        )


class Loader:
    """Writes groups, and remembers at which version each aggregate was left."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._left_at: dict[str, int] = {}
        self.written = 0
        """Operations that this run has added."""

    def load(self, groups: Iterable[Group]) -> None:
        """Write all groups, a few hundred operations per transaction.

        Safe to stop anywhere and to repeat: operation ids follow from record and step, and what the ledger holds is
        not given again. Raises NotApplied, naming the first record that was not taken as it is.
        """
        for batch in _batches(groups):
            self._write(batch)

    def replay(self, said: Iterable[Said], devices: Mapping[str, str]) -> None:
        """Let people at phones and desks speak, each on what had been loaded before; `devices`: whose phone is which.

        Safe to repeat as `load` is. Raises NotApplied where the rules judge otherwise than expected.
        """
        seen = dict(self._left_at)
        seqs: Counter[str] = Counter()
        for one in said:
            ids = [stable_id("operation", one.key, one.by, place) for place in range(len(one.drafted))]
            known = self._known(ids)
            door = self._door(one, devices)
            first = seqs[door.id] + 1
            seqs[door.id] += len(ids)
            if len(known) == len(ids):
                continue
            if one.role == "technician":
                results = self._pushed(door, one, ids, first, seen)
            else:
                results = self._written(door, one, ids, seen)
            self.written += len(ids)
            for drafted, result in zip(one.drafted, results, strict=True):
                if (result.status == "parked") != (one.expected == "parked"):
                    raise NotApplied(drafted, result)

    def _door(self, said: Said, devices: Mapping[str, str]) -> DeviceRow:
        id = devices[said.by] if said.role == "technician" else f"desk-{said.by}"
        return DeviceRow(id=id, user=said.by, roles=(said.role,))

    def _written(self, door: DeviceRow, said: Said, ids: list[str], seen: Mapping[str, int]) -> list[Result]:
        drafts = [
            Draft(
                id=id,
                entity=one.entity,
                record=one.record,
                aggregate=one.aggregate,
                set=one.set,
                action=one.action,
                base_ver=seen.get(one.aggregate, 0),
                at=said.at,
            )
            for id, one in zip(ids, said.drafted, strict=True)
        ]
        try:
            return self._engine.write(door, drafts)
        except Refused as refused:
            return refused.results

    def _pushed(
        self, door: DeviceRow, said: Said, ids: list[str], first: int, seen: Mapping[str, int]
    ) -> list[Result]:
        self._make_known(door)
        operations = [
            Operation(
                device=door.id,
                seq=first + place,
                id=id,
                schema=self._engine.rules.schema.version,
                entity=one.entity,
                record=one.record,
                aggregate=one.aggregate,
                base=Base(self._engine.epoch, seen.get(one.aggregate, 0)),
                at=TimeEvidence(said.at, offset_ms=0, error_ms=PHONE_ERROR_MS),
                action=one.action,
                set=one.set,
            )
            for place, (id, one) in enumerate(zip(ids, said.drafted, strict=True))
        ]
        raw = [encode_operation(one) for one in operations]
        return self._engine.push(door.id, raw, first=first).results

    def _make_known(self, door: DeviceRow) -> None:
        """Its row, where whoever builds has not enrolled it: then it can push and nothing else."""

        def make(transaction: WriteTransaction) -> None:
            transaction.lock_device(door.id, or_create=door)
            transaction.write(Changes())

        self._engine.store.transact(make)

    def received_at(self, entity: str, record: str) -> str | None:
        """When the first operation about a record came in; None when it never did."""
        found = self._known([operation_id(entity, record, 0)])
        return next((receipt.received_at for receipt in found.values()), None)

    def _write(self, batch: Sequence[Drafted]) -> None:
        ids = _operation_ids(batch)
        known = self._known(ids)
        for receipt in known.values():
            self._note(decode_result(receipt.result))
        fresh = [(id, drafted) for id, drafted in zip(ids, batch, strict=True) if id not in known]
        if not fresh:
            return
        try:
            results = self._engine.write(DOOR, [self._draft(id, drafted) for id, drafted in fresh])
        except Refused as refused:
            results = refused.results
        for (_, drafted), result in zip(fresh, results, strict=True):
            if result.status != "applied":
                raise NotApplied(drafted, result)
            self._note(result)
        self.written += len(results)

    def _draft(self, id: str, drafted: Drafted) -> Draft:
        return Draft(
            id=id,
            entity=drafted.entity,
            record=drafted.record,
            aggregate=drafted.aggregate,
            set=drafted.set,
            action=drafted.action,
            base_ver=self._left_at.get(drafted.aggregate),
        )

    def _known(self, ids: Sequence[str]) -> dict[str, Receipt]:
        def look(transaction: WriteTransaction) -> dict[str, Receipt]:
            return {one.id: one for one in transaction.load(Ask(operation_ids=ids)).receipts}

        return self._engine.store.transact(look)

    def _note(self, result: Result) -> None:
        for aggregate, ver in result.wrote.items():
            self._left_at[aggregate] = max(ver, self._left_at.get(aggregate, 0))


def operation_id(entity: str, record: str, step: int) -> str:
    """The id of the `step`th operation about a record; the creation is the 0th, its group's changes follow."""
    return stable_id("operation", entity, record, step)


LATER = 100
"""First step of a group that changes what an earlier group has made."""


def _operation_ids(batch: Sequence[Drafted]) -> list[str]:
    steps: dict[tuple[str, str], int] = {}
    ids = []
    for drafted in batch:
        key = drafted.entity, drafted.record
        step = steps.get(key, 0 if drafted.action == "create" else LATER)
        steps[key] = step + 1
        ids.append(operation_id(*key, step))
    return ids


def _batches(groups: Iterable[Group]) -> Iterator[list[Drafted]]:
    batch: list[Drafted] = []
    for group in groups:
        batch += group
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
