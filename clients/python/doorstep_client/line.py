"""Requests that prove whose phone it is: by a short access token, or by the device key when that has expired.

Expired credentials cost a signature and nothing else: no local work waits for them, none is touched by them.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping

import msgspec

from doorstep_client.clock import Clock, Reading
from doorstep_client.identity import identity
from doorstep_client.key import Key, signature
from doorstep_client.store import Store
from doorstep_client.transport import Answer, Transport, expect_success, problem

COMPRESS_FROM_BYTES = 1024
_MARGIN_MS = 20_000
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class Token(msgspec.Struct, frozen=True):
    """An access token and when it came."""

    text: str
    since: Reading


class Enrolment(msgspec.Struct):
    """The answer to an enrolment code."""

    device: str
    user: str
    roles: tuple[str, ...]
    epoch: str
    token: str
    token_expires_in: int
    nonce: str
    schema: int
    """Version: GET /v1/schema has the rest."""


class _Renewed(msgspec.Struct):
    token: str
    token_expires_in: int
    nonce: str = ""


class Line:
    """One phone's way to its server."""

    def __init__(self, store: Store, transport: Transport, key: Key, clock: Clock) -> None:
        self._store = store
        self._transport = transport
        self._key = key
        self._clock = clock

    def enrol(self, code: str, name: str, platform: str) -> Enrolment:
        """Give a one-time code for a device id. Asking again with the same key repeats the answer."""
        body = msgspec.json.encode(
            {"code": code, "public_key": self._key.public_jwk(), "name": name, "platform": platform}
        )
        answer = expect_success(self._transport.send("POST", "/v1/enrol", _JSON, body))
        return msgspec.json.decode(answer.body, type=Enrolment)

    def sync(self, body: bytes) -> Answer:
        """Send an exchange; raises `Unreachable` or `Refused`. One round trip, whatever has expired."""
        headers, sent = _JSON, body
        if len(body) >= COMPRESS_FROM_BYTES:
            headers, sent = {**_JSON, "Content-Encoding": "gzip"}, gzip.compress(body, 6, mtime=0)
        token = self._token()
        if token:
            answer = self._transport.send(
                "POST", "/v1/sync", {**headers, "Authorization": f"Bearer {token}"}, sent
            )
            if answer.status != 401:
                return expect_success(answer)
        return expect_success(self._signed("/v1/sync", headers, body, sent))

    def call(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Any other request, with a token renewed where needed; the answer whatever its status."""
        token = self._token() or self._renew()
        answer = self._transport.send(method, address, {**headers, "Authorization": f"Bearer {token}"}, body)
        if answer.status != 401:
            return answer
        return self._transport.send(
            method, address, {**headers, "Authorization": f"Bearer {self._renew()}"}, body
        )

    def keep(self, token: str, token_seconds: int | None = None) -> None:
        """Keep a token that has just come. Inside a transaction."""
        self._store.put(token=Token(token, self._clock.read()))
        if token_seconds is not None:
            self._store.put(token_seconds=token_seconds)

    def _token(self) -> str:
        """The token, if it can still be good: known by the monotonic clock of the same boot, else not trusted."""
        held = self._store.get("token", Token)
        now = self._clock.read()
        if held is None or now.boot != held.since.boot:
            return ""
        lifetime_ms = (self._store.get("token_seconds", int) or 0) * 1000
        return held.text if now.mono_ms - held.since.mono_ms < lifetime_ms - _MARGIN_MS else ""

    def _renew(self) -> str:
        answer = expect_success(self._signed("/v1/token", _JSON, b"{}", b"{}"))
        renewed = msgspec.json.decode(answer.body, type=_Renewed)
        with self._store.transaction():
            self.keep(renewed.token, renewed.token_expires_in)
            if renewed.nonce:
                self._store.put(nonce=renewed.nonce)
        return renewed.token

    def _signed(self, path: str, headers: Mapping[str, str], body: bytes, sent: bytes) -> Answer:
        """Sign over the newest nonce; a refusal may carry a fresh one, over which it is signed again, once."""
        answer = self._sign_and_send(path, headers, body, sent)
        fresh = problem(answer).details.get("nonce") if answer.status == 401 else None
        if not isinstance(fresh, str):
            return answer
        with self._store.transaction():
            self._store.put(nonce=fresh)
        return self._sign_and_send(path, headers, body, sent)

    def _sign_and_send(self, path: str, headers: Mapping[str, str], body: bytes, sent: bytes) -> Answer:
        nonce = self._store.get("nonce", str) or ""
        proof = {
            "Doorstep-Device": identity(self._store).device,
            "Doorstep-Nonce": nonce,
            "Doorstep-Signature": signature(self._key, body, nonce),
        }
        return self._transport.send("POST", path, {**headers, **proof}, sent)
