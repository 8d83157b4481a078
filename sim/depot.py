"""Where photos arrive: the real uploads, on a disk that may fill up or lose its power, behind the verbs of tus.

Routes, sockets and takings over have tests of their own; here a request is whole or cut, one after the other. Looked at
before an answer leaves (10): no acknowledged offset decreases, no acknowledged byte is lost, and what counts as stored
has the bytes that its phone took.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from doorstep_client.transport import Answer
from media.gate import Principal
from media.local_store import LocalStore
from media.refusal import StoreFull
from media.register import UploadRegister
from media.upload import Upload, UploadState
from media.uploads import NewUpload, Uploads
from mobile_api.problem import Problem
from mobile_api.uploads import headers
from mobile_api.uploads.problems import refusals_as_problems
from server.media_records import MediaRecords, TellingRegister
from sim.clock import Time
from sim.fault import Weather
from sim.front import told
from sim.network import Request
from sim.violation import hold
from sync.engine import Engine
from tests.media.volatile_disk import PowerCut, VolatileDisk

ADDRESS = "/v1/uploads"
FOLDER = Path("/depot")
LOSSES = ("bytes_lost", "sha256_mismatch", "piece_gone")
"""Reasons of an upload's end that nobody who keeps their promise ever gives here."""


class Depot:
    """One disk, and the uploads of one server process after another on it."""

    def __init__(self, time: Time, weather: Weather, ids: Callable[[], str]) -> None:
        self.photos: dict[str, bytes] = {}
        """Media id → the bytes that its phone took."""
        self._time = time
        self._weather = weather
        self._ids = ids
        self._disk = VolatileDisk(self._step)
        self._dice = random.Random(0)
        self._fails_in: tuple[int, str] | None = None
        self._told: dict[str, int] = {}
        """Upload → the offset that was acknowledged last."""
        self._register: UploadRegister

    def start(self, engine: Engine, register: UploadRegister) -> None:
        """A server process begins: it completes what the last one left."""
        records = MediaRecords(engine)
        self._register = register
        self._uploads = Uploads(
            TellingRegister(register, records),
            LocalStore(FOLDER, self._disk),
            records,
            records,
            lambda: datetime.fromtimestamp(self._time.seconds(), UTC),
            self._ids,
        )
        self._uploads.recover()

    def back_up(self) -> object:
        """A copy of disk and of what was told."""
        return copy.deepcopy((vars(self._disk) | {"before_step": None}, self._told))

    def restore(self, backup: tuple[dict[str, object], dict[str, int]]) -> None:
        """As it was then. `start` follows."""
        files, self._told = copy.deepcopy(backup)
        self._disk = VolatileDisk(self._step)
        vars(self._disk).update(files | {"before_step": self._step})

    def _step(self, name: str) -> None:
        if self._fails_in is None:
            return
        steps, kind = self._fails_in
        if steps > 1:
            self._fails_in = steps - 1, kind
            return
        if kind == "depot_full" and not name.startswith(("write", "create")):
            return
        self._fails_in = None
        self._weather.happened[kind] += 1
        if kind == "depot_full":
            raise StoreFull("no room")
        raise PowerCut

    def answer(self, principal: Principal, request: Request, dice: random.Random) -> Answer | None:
        """One request; None when the server died of it. `start` follows then."""
        self._dice = dice
        for kind in ("depot_full", "depot_power"):
            if self._fails_in is None and self._weather.may(kind, dice, 0.3):
                self._fails_in = dice.randint(1, 8), kind
        try:
            with refusals_as_problems():
                status, upload = self._done(principal, request)
        except PowerCut:
            self._disk.cut_power(dice) if dice.random() < 0.7 else self._disk.kill()
            return None
        except Problem as problem:
            hold(problem.details.get("reason") not in LOSSES, 10, f"{request.address}: {problem.details}")
            hold(
                problem.code != "upload_hash_mismatch",
                10,
                f"{request.address} holds other bytes than were sent",
            )
            return told(problem)
        finally:
            self._fails_in = None
        self._check(upload)
        said = headers.progress(upload) | {"Location": f"{ADDRESS}/{upload.id}"}
        return Answer(status, {name.lower(): value for name, value in said.items()}, b"")

    def _done(self, principal: Principal, request: Request) -> tuple[int, Upload]:
        id = request.address.removeprefix(ADDRESS).removeprefix("/")
        if request.method == "POST":
            pairs = headers.metadata(request.headers)
            media, sha256, kind = headers.media_facts(pairs)
            length = headers.declared_length(request.headers)
            return 201, self._uploads.create(NewUpload(media, sha256, kind, length, pairs), principal)
        if request.method == "HEAD":
            return 200, self._uploads.look(id, principal)
        offset = headers.required_integer(request.headers, "Upload-Offset")
        announced = None if request.is_cut else len(request.body)
        checksum = headers.checksum(request.headers)
        writing = self._uploads.begin(id, principal, offset, None, announced, checksum)
        try:
            writing.take(request.body)
        except StoreFull:
            writing.abandon()
            raise
        return 204, writing.end(not request.is_cut)

    def _check(self, upload: Upload) -> None:
        before = self._told.get(upload.id, 0)
        hold(
            upload.offset_bytes >= before, 10, f"{upload.id} goes back from {before} to {upload.offset_bytes}"
        )
        self._told[upload.id] = upload.offset_bytes
        if upload.state is UploadState.STORED:
            self._check_stored(upload)

    def _check_stored(self, upload: Upload) -> None:
        path = FOLDER / "blobs" / upload.sha256[:2] / upload.sha256
        is_whole = self._disk.content(path) == self.photos[upload.media_id]
        hold(is_whole, 10, f"{upload.media_id} counts as stored, and its bytes are others, or not there")

    def stored(self) -> Iterator[str]:
        """Media ids of all that is stored, each looked at once more."""
        for upload in self._register.in_state(UploadState.STORED, "", 100_000):
            self._check_stored(upload)
            yield upload.media_id
