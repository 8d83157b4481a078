"""A technician's phone on the whole server: enrolled by a desk's code, syncing, uploading."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from tests.server.live import Live

ME = "u-phone-owner"


@dataclass
class Phone:
    """An enrolled phone with a token, and the number of its last operation."""

    client: httpx.Client
    device: str
    epoch: str
    seq: int = 0

    def sync(self, *operations: dict[str, Any]) -> dict[str, Any]:
        """One exchange: these operations up, everything down."""
        ops = []
        for one in operations:
            self.seq += 1
            ops.append(
                {"device": self.device, "seq": self.seq, "schema": 1, "at": {"wall": "2031-05-05T01:00:00Z"}}
                | {"base": [self.epoch, 1]}
                | one
            )
        body = {"protocol": 1, "schema": 1, "epoch": self.epoch, "pull": {"manifest": {}}}
        if ops:
            body["push"] = {"ops": ops, "first": ops[0]["seq"]}
        answer = self.client.post("/v1/sync", json=body)
        assert answer.status_code == 200, answer.text
        reply: dict[str, Any] = answer.json()
        return reply

    def create(self, media: str, sha256: str, length: int, kind: str = "original") -> httpx.Response:
        """Declare an upload."""

        def encoded(value: str) -> str:
            return base64.b64encode(value.encode()).decode()

        metadata = f"media {encoded(media)},sha256 {encoded(sha256)},kind {encoded(kind)}"
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Metadata": metadata}
        return self.client.post("/v1/uploads", headers=headers)

    def append(self, location: str, content: bytes, offset: int = 0) -> httpx.Response:
        """Send bytes of an upload."""
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        return self.client.patch(location, content=content, headers=headers)

    def upload(self, media: str, content: bytes, kind: str = "original", sha256: str = "") -> httpx.Response:
        """Send a whole file, perhaps under another hash than its own."""
        created = self.create(media, sha256 or hashlib.sha256(content).hexdigest(), len(content), kind)
        assert created.status_code == 201, created.text
        return self.append(created.headers["location"], content)


def enrolled(live: Live, desks: dict[str, httpx.Client], login: str = "phone-owner") -> Phone:
    """A fresh phone of a technician, whose id is `u-` and the login."""
    person = f"u-{login}"
    live.account(login, "technician")
    fields = {"number": f"T-{live.service.new_id()[-8:]}", "name": {"zh": "机主"}, "active": True}
    desks["admin"].post("/v1/desk/technicians", json={"id": person, "fields": fields})
    code = desks["supervisor"].post("/v1/desk/devices/codes", json={"account": person}).json()["code"]
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    key = {"kty": "EC", "crv": "P-256", "x": _coordinate(numbers.x), "y": _coordinate(numbers.y)}
    client = live.client()
    answer = client.post("/v1/enrol", json={"code": code, "public_key": key, "name": "测试机"})
    assert answer.status_code == 201, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return Phone(client, answer.json()["device"], answer.json()["epoch"])


def media_row(order: str, visit: str, id: str, content: bytes, **more: Any) -> dict[str, Any]:
    """The operation that creates a media record."""
    fields = {"visit": visit, "kind": "photo", "content_type": "image/jpeg", "size_bytes": len(content)}
    return {
        "id": f"op-{id}"[:64],
        "entity": "media",
        "record": id,
        "aggregate": f"work_order/{order}",
        "action": "create",
        "set": {**fields, "sha256": hashlib.sha256(content).hexdigest(), **more},
    }


def _coordinate(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
