"""Erase a customer: list it, blank the records, empty the old copies, delete the files. Any step may be repeated."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec

from domain.personal import ERASED_AT, Belongings, Block
from media.store import Store as BlobStore
from server.db.belongings import belongings_of
from server.db.connection import Database
from server.db.erasures import Erasure, Erasures
from server.db.queries.media_files import ENDED, end_uploads, still_needed
from server.db.reading import Reading
from server.db.traces import Traces
from server.personal.erasures_file import ErasuresFile, united
from server.personal.plan import Plan, plan
from sync.engine import Engine
from sync.record import Record

log = logging.getLogger(__name__)

REASONS = ("request", "retention", "other")
"""Why somebody is erased: they asked, their time is over, another reason. Never a text, for it is kept."""


class NoSuchCustomer(LookupError):
    """There is no customer with this id."""


class Blocked(Exception):
    """Something must be ended first; nothing was erased."""

    def __init__(self, blocked_by: Sequence[Block]) -> None:
        super().__init__(", ".join(one.number or one.id for one in blocked_by))
        self.blocked_by = list(blocked_by)


class Report(msgspec.Struct, kw_only=True):
    """What an erasure did this time; a repeated one finds nothing."""

    customer: str
    records: int
    operations: int
    """Lines of the ledger that were rewritten."""
    audit_entries: int
    deposits: int
    """Operations in quarantine that were rewritten."""
    files: int
    """Files that were deleted from the blob store."""


class Erasing:
    """Plans and does erasures. Blocking; safe beside a running server, and in several processes."""

    def __init__(
        self,
        engine: Engine,
        database: Database,
        blobs: BlobStore,
        file: ErasuresFile,
        now: Callable[[], str],
        forget_message: Callable[[str], None],
    ) -> None:
        """`forget_message` deletes what lies in the house of a message, by the id of its notification."""
        self._engine = engine
        self._database = database
        self._reading = Reading(database)
        self._blobs = blobs
        self._list = Erasures(database)
        self._traces = Traces(database, engine.rules)
        self._now = now
        self._forget_message = forget_message
        self.file = file

    def plan(self, customer: str) -> Plan:
        """What an erasure would do. Raises NoSuchCustomer."""
        found = self._found(customer)
        return plan(found, self._records(found))

    def erase(self, customer: str, *, reason: str, by: str) -> Report:
        """Erase, or complete what was broken off. Raises NoSuchCustomer, Blocked, OSError, StoreUnavailable."""
        found = self._found(customer)
        if blocked_by := plan(found, ()).blocked_by:
            raise Blocked(blocked_by)
        erasure = Erasure(customer=customer, asked_at=self._now(), asked_by=by, reason=reason)
        # The file first: what is begun is known even if this database is lost a moment later.
        self.file.add(erasure)
        return self._do(erasure, found)

    def repeat(self) -> list[Report]:
        """Do every listed erasure again, as after a restore; what an open order blocks now is erased all the same."""
        listed = united([*self._list.all(), *self.file.read()])
        done = []
        for one in listed:
            found = belongings_of(self._database, one.customer)
            if found is not None:
                done.append(self._do(one, found))
        return done

    def listed(self) -> list[Erasure]:
        """Erasures of this database, the oldest first."""
        return self._list.all()

    def undone(self) -> list[str]:
        """Customers that the file names and this database has not erased: a backup was restored from before that."""
        done = {one.customer for one in self._list.all() if one.finished_at is not None}
        named = [one.customer for one in self.file.read() if one.customer not in done]
        return [one for one in named if belongings_of(self._database, one) is not None]

    def _do(self, erasure: Erasure, found: Belongings) -> Report:
        self._list.begin(erasure)
        marks = {(one.entity, one.id): {ERASED_AT: self._now()} for one in found.roots}
        report = Report(
            customer=erasure.customer, records=0, operations=0, audit_entries=0, deposits=0, files=0
        )
        # A site or an order that came in before the customer was marked is found by looking again.
        while True:
            report.records += sum(self._engine.erase(aggregate, marks) for aggregate in found.aggregates)
            again = self._found(erasure.customer)
            if again.is_erased:
                break
            found, marks = again, {(one.entity, one.id): {ERASED_AT: self._now()} for one in again.roots}
        report.operations = self._traces.empty_ledger(found.aggregates)
        report.audit_entries = sum(self._traces.empty_audit(aggregate) for aggregate in found.aggregates)
        report.deposits = self._traces.empty_quarantine(found.aggregates, [one.id for one in found.roots])
        records = self._records(found)
        self._traces.empty_errors([f"{one.entity}/{one.id}" for one in records])
        for one in records:
            if one.entity == "notification":
                self._forget_message(one.id)
        report.files = self._delete_files(found, records)
        self._list.finish(erasure.customer, self._now())
        log.info("customer %s erased: %s", erasure.customer, erasure.reason)
        return report

    def _delete_files(self, found: Belongings, records: Sequence[Record]) -> int:
        media = [one for one in records if one.entity == "media"]
        uploads = end_uploads(self._database, [one.id for one in media])
        for upload in uploads:
            if upload.state in ("partial", ENDED):
                self._blobs.release(upload.id)
            self._blobs.forget_quarantined(upload.id)
        hashes = {one.sha256 for one in uploads} | {hash for one in media for hash in _hashes(one)}
        gone = hashes - still_needed(self._database, sorted(hashes), found.aggregates)
        held = [hash for hash in sorted(gone) if self._blobs.size(hash) is not None]
        for hash in held:
            self._blobs.erase(hash)
        return len(held)

    def _found(self, customer: str) -> Belongings:
        found = belongings_of(self._database, customer)
        if found is None:
            raise NoSuchCustomer(customer)
        return found

    def _records(self, found: Belongings) -> list[Record]:
        return [one for aggregate in found.aggregates for one in self._reading.of_aggregate(aggregate)[1]]


def _hashes(media: Record) -> list[str]:
    renditions = media.fields.get("renditions") or ()
    named = [media.fields.get("sha256"), *(one.get("sha256") for one in renditions)]
    return [one for one in named if isinstance(one, str) and len(one) == 64]
