"""Where uploads meet field service: who may upload what, and how a media record learns that its bytes are here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.personal import ERASED_AT
from media.ending import BYTES_LOST, HASH_MISMATCH, PIECE_GONE
from media.gate import Principal
from media.inspection.fault import FAULTS
from media.register import UploadRegister
from media.upload import MediaKind, Upload, UploadState
from sync.engine import Draft, Engine
from sync.record import Record
from sync.store import Ask, DeviceRow, EntitlementRow, WriteTransaction

MEDIA = "media"
DOOR = DeviceRow(id="system-media", user="system", roles=("system",))

UNKNOWN = "media_unknown"
NOT_YOURS = "media_not_yours"
CUSTOMER_ERASED = "customer_erased"
OTHER_BYTES = "media_hash_differs"
OTHER_SIZE = "media_size_differs"

_FAULTS = {HASH_MISMATCH: "bytes_differ", BYTES_LOST: "bytes_lost", PIECE_GONE: "bytes_lost"}
"""Why an upload was quarantined → what its record says; all other reasons are the gate's."""


def told_fault(code: str) -> dict[str, object]:
    """A fault as a record tells it: with its sentence, so that a phone without signal can show it."""
    english, chinese = FAULTS[code]
    return {"code": code, "sentence": {"en": english, "zh": chinese}}


class MediaRecords:
    """`media.gate.MediaGate` and `media.gate.StoredCallback` over the engine. Blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def may_upload(
        self,
        principal: Principal,
        media_id: str,
        sha256: str,
        size_bytes: int | None,
        metadata: Mapping[str, str | None],
    ) -> str | None:
        """Whoever has, or ever had, the media's work order: nothing is refused for having lost the job.

        The row travels by the exchange, before the bytes: media that nobody knows is refused until then.
        """
        record = self._record(media_id)
        if record is None:
            return UNKNOWN
        if not self._rights(principal.user_id, record.aggregate):
            return NOT_YOURS
        if self._is_erased(record.aggregate):
            return CUSTOMER_ERASED
        original = metadata.get("kind") in (None, "", MediaKind.ORIGINAL.value)
        if not original:
            return None
        if record.fields.get("sha256") != sha256:
            return OTHER_BYTES
        announced = record.fields.get("size_bytes")
        return OTHER_SIZE if None not in (size_bytes, announced) and size_bytes != announced else None

    def __call__(self, upload: Upload) -> None:
        """The bytes are whole and durable: say so in the record. The operation's id follows from the upload's.

        A rendition with the original's bytes is the original: nobody sends it a second time.
        """
        record = self._record(upload.media_id)
        if record is None:
            return
        if upload.kind is not MediaKind.ORIGINAL and upload.sha256 != record.fields["sha256"]:
            self._note_rendition(upload, record)
            return
        if record.fields.get("state") == "quarantined":
            # A wrong file was quarantined before this right one came.
            self._write(upload, record, {"state": {"event": "verify"}, "fault": None})
            return
        self._write(upload, record, {"state": {"event": "store"}})

    def quarantined(self, upload: Upload) -> None:
        """The bytes were not those declared, were lost, or nobody may hold them any more."""
        record = self._record(upload.media_id)
        if record is not None and upload.kind is MediaKind.ORIGINAL:
            code = _FAULTS.get(upload.reason or "", "not_admitted")
            self._write(upload, record, {"state": {"event": "quarantine"}, "fault": told_fault(code)})

    def _note_rendition(self, upload: Upload, record: Record) -> None:
        """What the phone calls its type is not kept: nothing is shown before it was looked at here."""
        entry = {
            "id": f"phone-{upload.sha256[:32]}",
            "kind": upload.kind.value,
            "by": "phone",
            "of": record.fields["sha256"],
            "sha256": upload.sha256,
            "size_bytes": upload.length_bytes,
        }
        self._write(upload, record, {"renditions": {"add": [entry]}})

    def _write(self, upload: Upload, record: Record, fields: dict[str, object]) -> None:
        draft = Draft(
            id=f"upload-{upload.id}-{upload.state.value}"[:64],
            entity=MEDIA,
            record=record.id,
            aggregate=record.aggregate,
            set=fields,
            base_ver=record.ver,
        )
        self._engine.write(DOOR, [draft])

    def _record(self, media_id: str) -> Record | None:
        def load(tx: WriteTransaction) -> Record | None:
            return tx.load(Ask(records=[(MEDIA, media_id)])).records.get((MEDIA, media_id))

        return self._engine.store.transact(load)

    def _is_erased(self, aggregate: str) -> bool:
        entity, _, id = aggregate.partition("/")

        def load(tx: WriteTransaction) -> Record | None:
            return tx.load(Ask(records=[(entity, id)])).records.get((entity, id))

        root = self._engine.store.transact(load)
        return root is not None and root.fields.get(ERASED_AT) is not None

    def _rights(self, user: str, aggregate: str) -> list[EntitlementRow]:
        def load(tx: WriteTransaction) -> list[EntitlementRow]:
            return tx.load(Ask(entitlements=(user, [aggregate]))).entitlements

        return self._engine.store.transact(load)


class TellingRegister:
    """An upload register that tells the media record when its bytes were put into quarantine."""

    def __init__(self, register: UploadRegister, records: MediaRecords) -> None:
        self._register = register
        self._records = records

    def add(self, upload: Upload) -> Upload:
        """See `UploadRegister`."""
        return self._register.add(upload)

    def get(self, upload_id: str) -> Upload | None:
        """See `UploadRegister`."""
        return self._register.get(upload_id)

    def find(self, media_id: str, sha256: str) -> Upload | None:
        """See `UploadRegister`."""
        return self._register.find(media_id, sha256)

    def replace(self, upload: Upload) -> Upload:
        """See `UploadRegister`."""
        kept = self._register.replace(upload)
        if kept.state is UploadState.QUARANTINED:
            self._records.quarantined(kept)
        return kept

    def expired(self, now: datetime, limit: int) -> tuple[Upload, ...]:
        """See `UploadRegister`."""
        return self._register.expired(now, limit)

    def in_state(self, state: UploadState, after_id: str, limit: int) -> tuple[Upload, ...]:
        """See `UploadRegister`."""
        return self._register.in_state(state, after_id, limit)
