"""Resumable uploads from the first word to the verified file, without a protocol around them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from media.checksum import Checksum
from media.ending import Ending
from media.gate import MediaGate, Principal, StoredCallback
from media.orphans import Orphans
from media.quota import DEVICE, NoQuota, UploadQuota, demand_room, least_room
from media.refusal import (
    AlreadyStored,
    FinalClosed,
    HashMismatch,
    LengthFixed,
    NotAdmitted,
    OffsetMismatch,
    PartialBusy,
    PieceUnfinished,
    PieceUnfit,
    TooLong,
    UploadGone,
    UploadMissing,
    UploadRefused,
)
from media.register import UploadRegister
from media.store import PartialDamaged, PartialMissing, PartialWriter, Store
from media.upload import MediaKind, Metadata, Upload, UploadState, joined_from
from media.writing import Writing

_PAGE = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What this server takes."""

    max_size_bytes: int = 4 << 30
    expires_after: timedelta = timedelta(days=30)
    """Without a new byte for so long, a partial upload is given up."""


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What a client declares when it creates an upload."""

    media_id: str
    sha256: str
    kind: MediaKind
    length_bytes: int | None
    """None also for one that is made of pieces: theirs add up."""
    metadata: Metadata
    pieces: tuple[str, ...] = ()
    """Ids of the pieces that make the file, in order; empty for one that is sent itself."""


class Uploads:
    """The two promises to a client: what is acknowledged stays, what is stored is what was declared.

    Blocking: call from a thread. One request at a time per upload is the caller's duty (the store refuses a
    second writer); requests for different uploads do not wait for each other.
    """

    def __init__(
        self,
        register: UploadRegister,
        store: Store,
        gate: MediaGate,
        on_stored: StoredCallback,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        limits: Limits = Limits(),
        quota: UploadQuota | None = None,
    ) -> None:
        self._register = register
        self._store = store
        self._gate = gate
        self._ending = Ending(register, store, gate, on_stored)
        self._orphans = Orphans(store, register)
        self._now = now
        self._new_id = new_id
        self.limits = limits
        self._quota = quota or NoQuota()

    def create(self, new: NewUpload, principal: Principal) -> Upload:
        """The upload for this media and hash: a new one, or the one that already began or ended.

        Repeating is safe; another device that the gate admits takes the upload over. Only the same media id
        is ever "already stored": knowing the hash of somebody else's file proves nothing. One that is made
        of pieces is stored when this returns, and the pieces are ended. Raises TooLong, NotAdmitted,
        QuotaReached, LengthFixed (one with acknowledged bytes has another length), HashMismatch (an empty
        or joined file that should not be), PieceUnfit, PieceUnfinished, UploadGone (a piece ended meanwhile).
        """
        if new.pieces and not self._is_stored(new):
            new = replace(new, length_bytes=self._joined_bytes(new.pieces, principal))
        self._demand_size(new.length_bytes)
        facts = dict(new.metadata)
        refusal = self._gate.may_upload(principal, new.media_id, new.sha256, new.length_bytes, facts)
        if refusal is not None:
            raise NotAdmitted(refusal)
        upload = self._rejoined(new, principal) or self._begun(new, principal)
        if upload.is_joining:
            upload = self._ending.joined(upload)
        return self._ending.finish(upload) if upload.is_due else upload

    def create_piece(self, length_bytes: int | None, metadata: Metadata, principal: Principal) -> Upload:
        """A new upload that will be joined with others by `create`. Raises TooLong, QuotaReached."""
        self._demand_size(length_bytes)
        self._demand_room(principal, None, None, length_bytes)
        upload_id = self._new_id()
        # The colon keeps it apart from every media id that a client can name.
        declared = NewUpload(f"piece:{upload_id}", "", MediaKind.PIECE, length_bytes, metadata)
        return self._kept(upload_id, declared, principal)

    def look(self, upload_id: str, principal: Principal) -> Upload:
        """The upload with its acknowledged offset; completes what a crash left unfinished.

        Raises UploadMissing, UploadGone, and what finishing raises.
        """
        upload = self._owned(upload_id, principal)
        if upload.state is UploadState.PARTIAL:
            upload = self._ending.with_true_offset(upload)
            if upload.is_due:
                upload = self._ending.finish(upload)
        return upload

    def standing(self, upload_id: str, principal: Principal) -> int | None:
        """The acknowledged offset of a live upload of this device, to be told beside a refusal; changes
        nothing."""
        upload = self._register.get(upload_id)
        if upload is None or not upload.is_live or upload.device_id != principal.device_id:
            return None
        if upload.state is UploadState.STORED:
            return upload.offset_bytes
        try:
            return None if upload.is_joining else self._store.offset(upload_id)
        except (PartialMissing, PartialDamaged):
            return None

    def begin(
        self,
        upload_id: str,
        principal: Principal,
        offset_bytes: int,
        length_bytes: int | None = None,
        announced_bytes: int | None = None,
        checksum: Checksum | None = None,
    ) -> Writing:
        """Start to append at `offset_bytes`. `length_bytes` settles a deferred length; `announced_bytes`
        are to come.

        Raises UploadMissing, UploadGone, FinalClosed, OffsetMismatch, LengthFixed, TooLong, QuotaReached,
        PartialBusy; then nothing has changed.
        """
        upload = self.look(upload_id, principal)
        if upload.pieces:
            raise FinalClosed
        if offset_bytes != upload.offset_bytes:
            raise OffsetMismatch(upload.offset_bytes)
        upload = self._with_length(upload, length_bytes)
        limit = self._room(upload) if upload.length_bytes is None else upload.length_bytes
        if announced_bytes is not None and offset_bytes + announced_bytes > limit:
            raise TooLong(limit, upload.offset_bytes)
        resources = ExitStack()
        writer = None
        if upload.state is UploadState.PARTIAL:
            writer = self._opened(upload, resources)
        return Writing(upload, writer, limit, checksum, self._settle, resources)

    def terminate(self, upload_id: str, principal: Principal) -> None:
        """Give a partial upload up and free its bytes. Raises UploadMissing, UploadGone, AlreadyStored."""
        upload = self._owned(upload_id, principal)
        if upload.state is UploadState.STORED:
            raise AlreadyStored
        self._ending.end(upload.terminated())

    def expire(self) -> int:
        """Give up partial uploads that nobody went on with; returns how many. Stored files are never
        touched."""
        due = self._register.expired(self._now(), _PAGE)
        for upload in due:
            self._ending.end(upload.expired())
        return len(due)

    def recover(self) -> Sequence[Upload]:
        """Complete what a crash interrupted: verify full uploads, free what ended. Returns those now stored.

        By a server that starts, before its first request. Bytes without a row are left to `sweep`: another server on
        this store may just be about to write it.
        """
        finished = [upload for row in self._all_partial() if (upload := self._recovered(row)) is not None]
        for upload_id in self._store.ids():
            row = self._register.get(upload_id)
            if row is not None and row.state is not UploadState.PARTIAL:
                try:
                    self._ending.free(upload_id, row.state)
                except UploadRefused:
                    # Work goes on without the store; the next start tries again.
                    log.warning("upload %s could not be freed", upload_id)
        self._orphans.look()
        return finished

    def sweep(self) -> int:
        """Free bytes that had no row at the last look, `recover` included, and have none now; returns how many."""
        return self._orphans.look()

    def _begun(self, new: NewUpload, principal: Principal) -> Upload:
        rooms = self._quota.rooms(principal, new.media_id, None)
        if new.pieces:
            # Their bytes were counted against the device, and are freed when the whole is stored.
            rooms = [room for room in rooms if room.scope != DEVICE]
        demand_room(rooms, new.length_bytes)
        upload_id = self._new_id()
        kept = self._kept(upload_id, new, principal)
        if kept.id == upload_id:
            return kept
        self._store.release(upload_id)
        return self._rejoined(new, principal) or kept

    def _kept(self, upload_id: str, new: NewUpload, principal: Principal) -> Upload:
        """Bytes first, row second: a row therefore always has its partial, whatever crashes in between."""
        now = self._now()
        upload = Upload(
            id=upload_id,
            media_id=new.media_id,
            sha256=new.sha256,
            kind=new.kind,
            device_id=principal.device_id,
            user_id=principal.user_id,
            length_bytes=new.length_bytes,
            metadata=joined_from(new.metadata, new.pieces),
            created_at=now,
            expires_at=now + self.limits.expires_after,
        )
        self._store.create(upload.id)
        return self._register.add(upload)

    def _rejoined(self, new: NewUpload, principal: Principal) -> Upload | None:
        upload = self._register.find(new.media_id, new.sha256)
        if upload is None:
            return None
        differs = None not in (new.length_bytes, upload.length_bytes) and (
            new.length_bytes != upload.length_bytes
        )
        if upload.state is UploadState.STORED:
            if differs:
                raise LengthFixed(upload.length_bytes, upload.offset_bytes)
            return self._handed_to(upload, principal)
        if upload.expires_at <= self._now():
            self._ending.end(upload.expired())
            return None
        try:
            upload = self._ending.with_true_offset(upload)
        except UploadGone:
            return None
        too_short = new.length_bytes is not None and new.length_bytes < upload.offset_bytes
        if (differs or too_short) and upload.offset_bytes and not upload.pieces:
            # What was acknowledged stays; whoever declared the wrong length terminates the upload first.
            raise LengthFixed(upload.length_bytes, upload.offset_bytes)
        if differs or too_short or new.pieces != upload.pieces:
            # One of the two was a mistake, and nothing is lost with it: let the newer word be tried.
            self._ending.end(upload.terminated())
            return None
        return self._with_length(self._handed_to(upload, principal), new.length_bytes)

    def _handed_to(self, upload: Upload, principal: Principal) -> Upload:
        if (upload.device_id, upload.user_id) == (principal.device_id, principal.user_id):
            return upload
        return self._register.replace(upload.owned_by(principal.device_id, principal.user_id))

    def _owned(self, upload_id: str, principal: Principal) -> Upload:
        upload = self._register.get(upload_id)
        if upload is None or upload.device_id != principal.device_id:
            raise UploadMissing(upload_id)
        if not upload.is_live:
            raise UploadGone(upload.state, upload.reason)
        if upload.state is UploadState.PARTIAL and upload.expires_at <= self._now():
            self._ending.end(upload.expired())
            raise UploadGone(UploadState.EXPIRED, None)
        return upload

    def _with_length(self, upload: Upload, length_bytes: int | None) -> Upload:
        if length_bytes is None or length_bytes == upload.length_bytes:
            return upload
        if upload.length_bytes is not None or length_bytes < upload.offset_bytes:
            raise LengthFixed(upload.length_bytes, upload.offset_bytes)
        if length_bytes > self.limits.max_size_bytes:
            raise TooLong(self.limits.max_size_bytes, upload.offset_bytes)
        self._demand_room(*_counted(upload), length_bytes)
        return self._register.replace(upload.with_length(length_bytes))

    def _demand_size(self, length_bytes: int | None) -> None:
        if length_bytes is not None and length_bytes > self.limits.max_size_bytes:
            raise TooLong(self.limits.max_size_bytes)

    def _demand_room(
        self, principal: Principal, media_id: str | None, upload_id: str | None, length_bytes: int | None
    ) -> None:
        demand_room(self._quota.rooms(principal, media_id, upload_id), length_bytes)

    def _room(self, upload: Upload) -> int:
        """How far an upload of unknown length may grow."""
        rooms = self._quota.rooms(*_counted(upload))
        return least_room(rooms, self.limits.max_size_bytes)

    def _is_stored(self, new: NewUpload) -> bool:
        upload = self._register.find(new.media_id, new.sha256)
        return upload is not None and upload.state is UploadState.STORED

    def _joined_bytes(self, piece_ids: Sequence[str], principal: Principal) -> int:
        """What the pieces add up to. Raises PieceUnfit, PieceUnfinished."""
        total = 0
        for piece_id in piece_ids:
            try:
                piece = self._owned(piece_id, principal)
                if not piece.is_piece:
                    raise PieceUnfit(piece_id)
                piece = self._ending.with_true_offset(piece)
            except (UploadMissing, UploadGone) as missing:
                raise PieceUnfit(piece_id) from missing
            if not piece.has_all_bytes:
                raise PieceUnfinished(piece_id)
            total += piece.offset_bytes
        return total

    def _opened(self, upload: Upload, resources: ExitStack) -> PartialWriter:
        """The only writer. Another process may have gone on, or finished, since the row was read."""
        try:
            writer = resources.enter_context(self._store.open(upload.id))
        except PartialMissing as missing:
            raise PartialBusy(upload.id) from missing
        if writer.offset_bytes != upload.offset_bytes:
            resources.close()
            raise OffsetMismatch(writer.offset_bytes)
        return writer

    def _settle(self, upload: Upload) -> Upload:
        """After bytes became durable: note how far, postpone the expiry, finish a full upload."""
        if upload.is_due:
            return self._ending.finish(upload)
        return self._register.replace(upload.kept_until(self._now() + self.limits.expires_after))

    def _all_partial(self) -> Iterator[Upload]:
        after = ""
        while page := self._register.in_state(UploadState.PARTIAL, after, _PAGE):
            yield from page
            after = page[-1].id

    def _recovered(self, row: Upload) -> Upload | None:
        try:
            upload = self._ending.with_true_offset(row)
            if upload.is_joining and not upload.has_all_bytes:
                upload = self._ending.joined(upload)
            return self._ending.finish(upload) if upload.is_due else None
        except (HashMismatch, NotAdmitted, UploadGone):
            return None  # it is in quarantine now, with its reason
        except Exception:
            # One upload must not keep the server from starting; the next request for it tries again.
            log.exception("upload %s could not be completed", row.id)
            return None


def _counted(upload: Upload) -> tuple[Principal, str | None, str]:
    """Whose room an upload takes, and what it belongs to."""
    return (
        Principal(upload.device_id, upload.user_id),
        None if upload.is_piece else upload.media_id,
        upload.id,
    )
