"""How an upload ends: verified and stored, in quarantine, or given up. Each step is safe to repeat after a crash."""

from __future__ import annotations

import logging

from media.gate import MediaGate, Principal, StoredCallback
from media.joining import join_pieces
from media.refusal import HashMismatch, NotAdmitted, UploadGone
from media.register import UploadChanged, UploadRegister
from media.store import PartialDamaged, PartialMissing, Store
from media.upload import Upload, UploadState

HASH_MISMATCH = "sha256_mismatch"
"""Reason of quarantine: the whole file is not the declared one."""

BYTES_LOST = "bytes_lost"
"""Reason of quarantine: the disk no longer holds what was acknowledged."""

PIECE_GONE = "piece_gone"
"""Reason of quarantine: a piece ended before its bytes were joined."""

log = logging.getLogger(__name__)


class Ending:
    """Register, store, gate and record, told in the order that a crash anywhere leaves mendable."""

    def __init__(
        self, register: UploadRegister, store: Store, gate: MediaGate, on_stored: StoredCallback
    ) -> None:
        self._register = register
        self._store = store
        self._gate = gate
        self._on_stored = on_stored

    def with_true_offset(self, upload: Upload) -> Upload:
        """The register's offset is a copy that a crash may leave behind; the store's is the truth."""
        try:
            offset_bytes = self._store.offset(upload.id)
        except (PartialMissing, PartialDamaged):
            offset_bytes = -1
        if offset_bytes < upload.offset_bytes:
            self.end(upload.quarantined(BYTES_LOST))
            raise UploadGone(UploadState.QUARANTINED, BYTES_LOST)
        return upload.at_offset(offset_bytes)

    def joined(self, upload: Upload) -> Upload:
        """Copy what is still missing from the pieces, durably. Goes on where a crash left it."""
        try:
            return upload.at_offset(join_pieces(self._store, upload.id, upload.pieces))
        except (PartialMissing, PartialDamaged):
            self.end(upload.quarantined(PIECE_GONE))
            raise UploadGone(UploadState.QUARANTINED, PIECE_GONE) from None

    def finish(self, upload: Upload) -> Upload:
        """Claim, verify, take, tell, note: in this order, each step safe to repeat, so that a crash
        anywhere only repeats.

        The row is claimed first, so that nobody is told of an upload that somebody else ended meanwhile.
        The gate is asked once, before the bytes become a blob. Raises HashMismatch, NotAdmitted,
        UploadChanged.
        """
        upload = self._register.replace(upload)
        if not self._store.has_taken(upload.id, upload.sha256):
            actual = self._hash(upload)
            if actual != upload.sha256:
                self.end(upload.quarantined(HASH_MISMATCH))
                raise HashMismatch(upload.sha256, actual)
            principal = Principal(upload.device_id, upload.user_id)
            # Verified bytes have the length that they have: what somebody said of it no longer counts.
            refusal = self._gate.may_upload(principal, upload.media_id, upload.sha256, None, upload.facts)
            if refusal is not None:
                self.end(upload.quarantined(refusal))
                raise NotAdmitted(refusal)
        self._store.take(upload.id, upload.sha256)
        stored = upload.stored()
        self._on_stored(stored)
        stored = self._register.replace(stored)
        self.free(stored.id, stored.state)
        self._end_pieces(stored)
        return stored

    def end(self, ended: Upload) -> None:
        """The register first: bytes without a row are freed by `recover`, a row without its bytes would be
        a lie."""
        self._register.replace(ended)
        self.free(ended.id, ended.state)

    def free(self, upload_id: str, state: UploadState) -> None:
        """Its partial bytes: set aside where they are evidence of something wrong, else given back."""
        if state is UploadState.QUARANTINED:
            self._store.quarantine(upload_id)
        else:
            self._store.release(upload_id)

    def _hash(self, upload: Upload) -> str:
        try:
            return self._store.sha256(upload.id)
        except (PartialMissing, PartialDamaged):
            self.end(upload.quarantined(BYTES_LOST))
            raise UploadGone(UploadState.QUARANTINED, BYTES_LOST) from None

    def _end_pieces(self, stored: Upload) -> None:
        """Their bytes are in the whole now. Whatever is left after a crash here expires by itself."""
        for piece_id in stored.pieces:
            piece = self._register.get(piece_id)
            if piece is not None and piece.state is UploadState.PARTIAL:
                try:
                    self.end(piece.terminated())
                except UploadChanged:
                    log.info("piece %s is in use and is left to expire", piece_id)
