"""The way between phones and the engine: it drops, doubles, delays and truncates, as the dice say."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from doorstep_client import Unreachable
from doorstep_client.transport import Answer
from sync.engine import Engine
from sync.push import RevokedDevice, UnknownDevice
from sync.store import Changes, DeviceRow
from sync.wire import PROTOCOL, PushReply, SyncReply, SyncRequest

LONG = 10**9
"""Tokens here outlive every tape: credentials have tests of their own."""


class Air:
    """See `doorstep_client.transport.Transport`. Calm until `trouble` is above 0."""

    def __init__(self, dice: random.Random, engine: Callable[[], Engine]) -> None:
        self.trouble = 0.0
        self.told: list[tuple[str, str, bytes]] = []
        """(device, user, reply) of everything that left the server, arrived or not."""
        self.quarantine: dict[str, dict[int, bytes]] = {}
        self.after_each: Callable[[], None] = lambda: None
        """Called whenever the engine has answered."""
        self.exchanges = 0
        self._dice = dice
        self._engine = engine
        self._overheard: list[tuple[str, bytes]] = []
        self._users: dict[str, str] = {}
        self.revoked: set[str] = set()

    def send(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request."""
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if address == "/v1/enrol":
            return self._enrol(json.loads(body))
        if address == "/v1/schema":
            return Answer(200, {}, self._engine().rules.schema.to_json())
        if address == "/v1/token":
            # Tokens here outlive every tape: only who was sent away asks, and is told why.
            return Answer(403, {}, b'{"code":"device_revoked","status":403}')
        device = headers.get("Doorstep-Device") or headers["Authorization"].removeprefix("Bearer token of ")
        return self._troubled(device, body)

    def _troubled(self, device: str, body: bytes) -> Answer:
        if self._happens():
            raise Unreachable("the request was lost")
        self._overheard.append((device, body))
        if self._happens():
            self.answer(device, body)
        if self._happens():
            self.answer(*self._dice.choice(self._overheard))
        reply = self.answer(device, body)
        if self._happens():
            raise Unreachable("the reply was lost")
        if self._happens():
            reply = reply[: self._dice.randrange(len(reply))]
        return Answer(200, {"content-type": "application/json"}, reply)

    def _happens(self) -> bool:
        return self._dice.random() < self.trouble

    def answer(self, device: str, body: bytes) -> bytes:
        """What the server answers, whether or not it arrives."""
        self.exchanges += 1
        request = msgspec.json.decode(body, type=SyncRequest)
        user = self._user_of(device)
        try:
            if device in self.revoked:
                raise RevokedDevice(device)
            token = f"token of {device}"
            exchange = self._engine().exchange(device, user, request, nonce="nonce", token=token)
            reply = b"".join(exchange.chunks)
        except (RevokedDevice, UnknownDevice):
            reply = self._deposit(device, request)
        self.told.append((device, user, reply))
        self.after_each()
        return reply

    def _user_of(self, device: str) -> str:
        if device not in self._users:
            row = self._engine().store.transact(lambda tx: tx.lock_device(device))
            assert row is not None, "a fork is known from when it was told"
            self._users[device] = row.user
        return self._users[device]

    def _deposit(self, device: str, request: SyncRequest) -> bytes:
        kept = self.quarantine.setdefault(device, {})
        kept.update({msgspec.json.decode(raw)["seq"]: bytes(raw) for raw in request.push.ops})
        reply = SyncReply(
            protocol=PROTOCOL,
            epoch="",
            server_time="",
            schema=0,
            push=PushReply(quarantined=max(kept, default=0)),
        )
        return msgspec.json.encode(reply)

    def _enrol(self, asked: dict[str, Any]) -> Answer:
        user = asked["code"]
        row = DeviceRow(id=f"phone-{asked['name']}", user=user, roles=("technician",), public_key=b"key")
        engine = self._engine()
        if engine.store.transact(lambda tx: tx.lock_device(row.id)) is None:
            engine.store.transact(lambda tx: tx.write(Changes(devices=[row])))
        told = {
            "device": row.id,
            "user": user,
            "roles": row.roles,
            "epoch": engine.epoch,
            "token": f"token of {row.id}",
            "token_expires_in": LONG,
            "nonce": "nonce",
            "schema": engine.rules.schema.version,
        }
        return Answer(200, {}, msgspec.json.encode(told))
