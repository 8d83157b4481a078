"""A phone as an attacker may use it: whatever is to be sent is sent, nothing is checked or retried."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_api.device_key import jwk_of
from tests.server.live import Live

AT = {"wall": "2031-05-05T01:00:00Z"}
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


@dataclass
class Handset:
    """An enrolled phone with a token, and the number of its last operation."""

    client: httpx.Client
    user: str
    device: str
    epoch: str
    key: ec.EllipticCurvePrivateKey
    nonce: str
    seq: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)
    """Every operation that it has made."""

    def operation(self, **members: Any) -> dict[str, Any]:
        """The next operation; any member may be overridden."""
        self.seq += 1
        made = {
            "device": self.device, "seq": self.seq, "id": f"{self.device[-12:]}-{self.seq}", "schema": 1,
            "base": [self.epoch, 1], "at": AT, "set": {}, **members,
        }  # fmt: skip
        self.sent.append(made)
        return made

    def exchange(
        self, operations: Sequence[dict[str, Any]] = (), pull: dict[str, Any] | None = None, **push: Any
    ) -> httpx.Response:
        """One `POST /v1/sync`; `push` are further members of the push."""
        body: dict[str, Any] = {"protocol": 1, "schema": 1, "epoch": self.epoch}
        body["pull"] = {"manifest": {}} if pull is None else pull
        if operations or push:
            body["push"] = {"ops": list(operations), "first": self.seq - len(operations) + 1, **push}
        return self.client.post("/v1/sync", json=body)

    def tell(self, *operations: dict[str, Any]) -> dict[str, Any]:
        """An honest exchange, which is answered; its reply."""
        answer = self.exchange(operations)
        assert answer.status_code == 200, answer.text
        reply: dict[str, Any] = answer.json()
        return reply

    def begin_upload(self, media: str, sha256: str, length: int, **headers: str) -> httpx.Response:
        """Create an upload."""
        facts = {"media": media, "sha256": sha256, "kind": "original"}
        metadata = ",".join(f"{name} {_base64(value)}" for name, value in facts.items())
        own = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
        return self.client.post("/v1/uploads", headers={**own, **headers})

    def append(self, location: str, offset: int, content: bytes, **headers: str) -> httpx.Response:
        """Send bytes at an offset."""
        own = {**TUS, "Upload-Offset": str(offset), "Content-Type": BYTES}
        return self.client.patch(location, content=content, headers={**own, **headers})


def _base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def enrolled(live: Live, supervisor: httpx.Client, login: str) -> Handset:
    """A fresh phone of this account."""
    code = supervisor.post("/v1/desk/devices/codes", json={"account": f"u-{login}"}).json()["code"]
    key = ec.generate_private_key(ec.SECP256R1())
    client = live.client()
    body = {"code": code, "public_key": jwk_of(key.public_key()), "name": login, "platform": "test"}
    answer = client.post("/v1/enrol", json=body)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    client.headers["Authorization"] = f"Bearer {told['token']}"
    return Handset(client, f"u-{login}", told["device"], told["epoch"], key, told["nonce"])
