"""A server in the test's own process: the real engine in memory, behind the client's transport port."""

from __future__ import annotations

import gzip
import hashlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from doorstep_client.clock import instant, milliseconds
from doorstep_client.problem import Unreachable
from doorstep_client.transport import Answer
from sync.engine import Draft, Engine
from sync.memory import MemoryStore
from sync.pull import Limits
from sync.push import RevokedDevice
from sync.record import Record, digest_hex
from sync.store import Ask, DeviceRow
from sync.wire import PushReply, SyncReply, SyncRequest
from tests.client.clock import HeldClock
from tests.client.rules import SiteRules
from tests.sync.toy import DESK, EPOCH

USERS = {"CODE-A": "alice", "CODE-B": "bob"}
TOKEN_SECONDS = 900


class Server:
    """Enrols, exchanges, counts; a test can lose requests or replies, and change replies on their way."""

    def __init__(self, clock: HeldClock) -> None:
        self.clock = clock
        self.store = MemoryStore(EPOCH)
        self.rules = SiteRules()
        self.snapshots: dict[str, bytes] = {}
        self.snapshot_of: dict[str, tuple[str, int]] = {}
        self._salts = count()
        self._numbers = count(1)
        self.limits = Limits()
        self.engine = self._engine(EPOCH)
        self.tokens: dict[str, tuple[str, int]] = {}
        self.nonces: dict[str, str] = {}
        self.requests: list[SyncRequest] = []
        self.authorised_by: list[str] = []
        self.lose_request: Callable[[], bool] = lambda: False
        self.lose_reply: Callable[[], bool] = lambda: False
        self.change_reply: Callable[[dict[str, Any]], None] = lambda reply: None
        self.refuse: Callable[[str], Answer | None] = lambda path: None

    def _engine(self, epoch: str) -> Engine:
        return Engine(
            self.store,
            self.rules,
            epoch=epoch,
            now=self.now,
            salt=lambda: next(self._salts).to_bytes(16, "big"),
            limits=self.limits,
            snapshot_of=self.snapshot_of.get,
        )

    def now(self) -> str:
        return instant(self.clock.wall_ms)

    def limit(self, limits: Limits) -> None:
        """Answer in smaller portions."""
        self.limits = limits
        self.engine = self._engine(self.engine.epoch)

    def restored(self, backup: MemoryStore, epoch: str) -> None:
        """The database is replaced by an older state of it, under a new epoch."""
        self.store = backup
        self.store._state.epoch = epoch
        self.engine = self._engine(epoch)

    # The desk's side

    def desk(self, set: dict[str, object], job: str = "j1", **more: Any) -> str:
        """The desk writes a job; the status."""
        fields = {"id": f"d{next(self._numbers)}", "entity": "job", "record": job, "aggregate": f"job/{job}"}
        (result,) = self.engine.write(DESK, [Draft(**{**fields, "set": set, **more})])
        return result.status

    def open_job(self, job: str = "j1", assignee: str = "alice", **more: object) -> None:
        """A new job, at version 1 of its aggregate."""
        self.desk({"number": job.upper(), "assignee": assignee, **more}, job, action="create")

    def record(self, id: str = "j1", entity: str = "job") -> Record:
        """A record as it stands on the server."""
        return self.store.transact(lambda tx: tx.load(Ask(records=[(entity, id)]))).records[entity, id]

    def ver(self, aggregate: str = "job/j1") -> int:
        """An aggregate's version."""
        return self.store._state.aggregates[aggregate].ver

    # The phone's side

    def send(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """See `doorstep_client.transport.Transport`."""
        if self.lose_request():
            raise Unreachable("no signal")
        answer = self.refuse(address) or self._answer(method, address, headers, body)
        if self.lose_reply():
            raise Unreachable("the reply was lost")
        return answer

    def _answer(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if address == "/v1/enrol":
            return self._enrol(json.loads(body))
        device = self._device(headers, body)
        if device is None:
            fresh = self._nonce(headers.get("Doorstep-Device", ""))
            return _json(401, {"code": "nonce_refused", "detail": "sign", "details": {"nonce": fresh}})
        if address == "/v1/schema":
            return Answer(200, {}, self.rules.schema.to_json())
        if address == "/v1/token":
            return _json(200, {**self._token(device), "nonce": self._nonce(device)})
        if address == "/v1/manifest":
            return _json(200, self._manifest(device))
        if address in self.snapshots:
            return self._snapshot(address, headers)
        return self._sync(device, body, is_signed="Doorstep-Signature" in headers)

    def _enrol(self, asked: dict[str, Any]) -> Answer:
        user = USERS[asked["code"]]
        key = msgspec.json.encode(asked["public_key"])
        known = [
            row for row in self.store._state.devices.values() if row.public_key == key and not row.forked_from
        ]
        row = (
            known[0]
            if known
            else DeviceRow(id=f"phone-{user}", user=user, roles=("technician",), public_key=key)
        )
        self.store.put_device(row)
        told = {"device": row.id, "user": row.user, "roles": row.roles, "epoch": self.engine.epoch}
        told |= {"nonce": self._nonce(row.id), "schema": self.rules.schema.version}
        return _json(200, {**told, **self._token(row.id)})

    def _sync(self, device: str, body: bytes, *, is_signed: bool) -> Answer:
        request = msgspec.json.decode(body, type=SyncRequest)
        self.requests.append(request)
        nonce = self._nonce(device)
        token = str(self._token(device)["token"]) if is_signed else ""
        known = self.store._state.devices.get(device)
        try:
            if known is None or known.revoked:
                raise RevokedDevice
            exchange = self.engine.exchange(device, known.user, request, nonce=nonce, token=token)
            reply = json.loads(b"".join(exchange.chunks))
        except RevokedDevice:
            last = max(msgspec.json.decode(raw)["seq"] for raw in request.push.ops) if request.push.ops else 0
            quarantined = SyncReply(
                protocol=1,
                epoch=self.engine.epoch,
                server_time=self.now(),
                schema=2,
                nonce=nonce,
                push=PushReply(quarantined=last),
            )
            reply = json.loads(msgspec.json.encode(quarantined))
        self.change_reply(reply)
        return _json(200, reply)

    def _manifest(self, device: str) -> dict[str, object]:
        user = self.store._state.devices[device].user
        aggregates = []
        with self.store.snapshot() as snapshot:
            for row, _ in snapshot.entitled(user):
                counts: dict[str, int] = {}
                for entity, id in self.store._state.of_aggregate[row.id]:
                    if not self.record(id, entity).deleted:
                        counts[entity] = counts.get(entity, 0) + 1
                aggregates.append(
                    {"id": row.id, "ver": row.ver, "digest": digest_hex(row.digest), "counts": counts}
                )
        return {"aggregates": aggregates, "expected": {"jobs": len(aggregates)}}

    def _snapshot(self, address: str, headers: Mapping[str, str]) -> Answer:
        data = self.snapshots[address]
        start, end = (int(part) for part in headers["Range"].removeprefix("bytes=").split("-"))
        part = data[start : end + 1]
        return Answer(206, {"content-range": f"bytes {start}-{start + len(part) - 1}/{len(data)}"}, part)

    # Credentials

    def _token(self, device: str) -> dict[str, object]:
        token = f"token-{next(self._numbers)}"
        self.tokens[token] = (device, self.clock.mono_ms + TOKEN_SECONDS * 1000)
        return {"token": token, "token_expires_in": TOKEN_SECONDS}

    def _nonce(self, device: str) -> str:
        nonce = f"nonce-{next(self._numbers)}"
        self.nonces[nonce] = device
        return nonce

    def _device(self, headers: Mapping[str, str], body: bytes) -> str | None:
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if token:
            device, until = self.tokens.get(token, ("", 0))
            self.authorised_by.append("token")
            return device if self.clock.mono_ms < until else None
        device, nonce = headers["Doorstep-Device"], headers["Doorstep-Nonce"]
        self.authorised_by.append("signature")
        if self.nonces.get(nonce) is None:
            return None
        self._verify(device, headers["Doorstep-Signature"], body, nonce)
        return device

    def _verify(self, device: str, signature: str, body: bytes, nonce: str) -> None:
        raw = urlsafe_b64decode(signature + "==")
        assert len(raw) == 64
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        known = self.store._state.devices.get(device)
        if known is None:
            return
        jwk = json.loads(known.public_key)
        x, y = (int.from_bytes(urlsafe_b64decode(jwk[axis] + "=="), "big") for axis in ("x", "y"))
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        try:
            public.verify(der, hashlib.sha256(body).digest() + nonce.encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            raise AssertionError("the signature is not the device key's over this body and nonce") from None


def milliseconds_of(text: str) -> int:
    """For tests that compare times."""
    return milliseconds(text)


def _json(status: int, value: object) -> Answer:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return Answer(status, {"content-type": "application/json"}, text.encode())
