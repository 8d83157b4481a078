"""The jobs behind arrived bytes: look at a record, run the confined process, and say what is to be written.

What they make are blobs before anything names them; the records learn of it in the transaction that settles the job.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from domain.renditions import is_uninspected, needs_proxy, unchecked
from media.inspection.limits import GLANCE, TRANSCODE, Limits
from media.refusal import UploadRefused
from media.renditions.keeping import keep_file, opened_original
from media.renditions.process import Processes, ProcessFailed
from media.renditions.task import FORMS, Expected, Made, Rendition, Report, Task
from media.store import PartialDamaged, PartialMissing, Store
from scheduler.effect import effect_id
from scheduler.queue import Claim
from server.media_records import told_fault
from server.media_stamp import Stamp
from sync.engine import Draft
from sync.record import Record
from sync.reminder import Outcome
from sync.store import StoreUnavailable

_EXPECTED = {
    "photo": Expected.PHOTO,
    "signature": Expected.PHOTO,
    "video": Expected.CLIP,
    "audio": Expected.RECORDING,
    "document": Expected.DOCUMENT,
}
_MAKES = {
    "photo": (Rendition.DISPLAY, Rendition.STAMPED, Rendition.THUMBNAIL, Rendition.PREVIEW),
    "signature": (Rendition.DISPLAY, Rendition.THUMBNAIL, Rendition.PREVIEW),
    "video": (Rendition.POSTER, Rendition.THUMBNAIL, Rendition.PREVIEW),
}


class MediaWork:
    """Two jobs for `scheduler.tick.Tick`. They block for as long as the process runs."""

    def __init__(
        self, store: Store, processes: Processes, stamp: Stamp, folder: Path, new_id: Callable[[], str]
    ) -> None:
        """`folder` is where originals from a bucket and fresh renditions lie for a moment."""
        self._store = store
        self._processes = processes
        self._stamp = stamp
        self._folder = folder
        self._new_id = new_id

    def inspect(self, claim: Claim, media: Record | None, outcome: Outcome) -> Sequence[Draft]:
        """Look at the original, and at the poster that a phone made; make the pictures of both.

        Raises ProcessFailed (to be tried again), ProcessStopped, StoreUnavailable.
        """
        if media is None or media.deleted:
            return []
        fields: dict[str, Any] = {}
        made: list[dict[str, Any]] = []
        if is_uninspected(media.fields):
            kind = media.fields["kind"]
            stamp = self._stamp(media) if kind == "photo" else ()
            task = Task(expected=_EXPECTED[kind], makes=_MAKES.get(kind, ()), limits=GLANCE, stamp=stamp)
            report, entries, preview = self._made(media.fields["sha256"], task)
            fields = _told(report)
            made += entries
            if preview and not media.fields.get("preview"):
                fields["preview"] = preview
        for poster in unchecked(media.fields, "poster"):
            task = Task(expected=Expected.PHOTO, makes=(Rendition.POSTER,), limits=GLANCE)
            made += self._made_of_a_phones(poster["sha256"], task)
        return _drafts(claim, media, fields, made)

    def code(self, claim: Claim, media: Record | None, outcome: Outcome) -> Sequence[Draft]:
        """Make the proxy that is missing: of what a phone made as one, else of the original. Raises as `inspect`."""
        if media is None or media.deleted:
            return []
        made: list[dict[str, Any]] = []
        for proxy in unchecked(media.fields, "proxy"):
            made += self._made_of_a_phones(proxy["sha256"], _proxy_task(TRANSCODE, may_copy=True))
        if needs_proxy(media.fields) and not any(one.get("sha256") for one in made):
            made += self._made_of_a_phones(media.fields["sha256"], _proxy_task(TRANSCODE, may_copy=False))
        return _drafts(claim, media, {}, made)

    def _made_of_a_phones(self, sha256: str, task: Task) -> list[dict[str, Any]]:
        """The entries of what was made; of what is not fit, one that tells why, so that nobody tries again."""
        report, entries, _ = self._made(sha256, task)
        if report.fault is None:
            return entries
        kind = task.makes[0]
        refused = {"id": f"{kind}-{sha256[:32]}", "kind": kind.value, "by": "server", "of": sha256}
        return [{**refused, "fault": report.fault}]

    def _made(self, sha256: str, task: Task) -> tuple[Report, list[dict[str, Any]], str]:
        with TemporaryDirectory(dir=self._folder) as place:
            folder = Path(place)
            try:
                with opened_original(self._store, sha256, folder) as source:
                    report = self._processes.run(task, source, folder)
                entries = [self._entry(sha256, made, folder) for made in report.made]
            except FileNotFoundError:
                raise ProcessFailed(f"the bytes {sha256} are not in the store") from None
            except (PartialMissing, PartialDamaged) as swept:
                # A server that started at this moment took the half-written rendition for a leftover.
                raise ProcessFailed(f"a rendition was lost on its way into the store: {swept}") from None
            except UploadRefused as away:
                raise StoreUnavailable(f"the store of media does not answer: {away}") from away
            preview = folder / FORMS[Rendition.PREVIEW].file
            said = base64.b64encode(preview.read_bytes()).decode() if preview.exists() else ""
        return report, [one for one in entries if one], said

    def _entry(self, of: str, made: Made, folder: Path) -> dict[str, Any]:
        if made.kind is Rendition.PREVIEW:
            return {}
        form = FORMS[made.kind]
        kept = keep_file(self._store, folder / form.file, self._new_id)
        return {
            "id": f"{made.kind}-{kept.sha256[:32]}",
            "kind": made.kind.value,
            "by": "server",
            "of": of,
            "sha256": kept.sha256,
            "size_bytes": kept.size_bytes,
            "content_type": form.content_type,
            "width": made.width,
            "height": made.height,
        }


def _proxy_task(limits: Limits, *, may_copy: bool) -> Task:
    return Task(expected=Expected.CLIP, makes=(Rendition.PROXY,), limits=limits, may_copy=may_copy)


def _told(report: Report) -> dict[str, Any]:
    """What the record learns of its original."""
    if report.fault is not None:
        return {"state": {"event": "quarantine"}, "fault": told_fault(report.fault)}
    found = report.found
    assert found is not None
    facts = {name: getattr(found, name) for name in found.__struct_fields__}
    told = {name: value for name, value in facts.items() if value is not None}
    return {"state": {"event": "verify"}, "found": told}


def _drafts(
    claim: Claim, media: Record, fields: dict[str, Any], made: Sequence[dict[str, Any]]
) -> Sequence[Draft]:
    if made:
        fields = {**fields, "renditions": {"add": list(made)}}
    if not fields:
        return []
    draft = Draft(
        id=effect_id(claim), entity=media.entity, record=media.id, aggregate=media.aggregate, set=fields
    )
    return [draft]
