"""A phone that signs: its key, and sign-offs as an app makes them."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from domain.sign_off import DevicePlace, Shown, Signer, Statement, TimeShown, document_bytes, signing_bytes
from sync.operation import content_hash
from tests.server.live import Live

WALL = "2031-05-05T01:00:00Z"
DOCUMENT = document_bytes({"document": "doorstep.visit-document.v1", "total_fen": 28000})
ME = "u-phone-owner"
Operation = dict[str, Any]


@dataclass
class SigningPhone:
    """An enrolled phone that authors operations and keeps them until it pushes."""

    client: httpx.Client
    device: str
    epoch: str
    key: ec.EllipticCurvePrivateKey
    authored: list[Operation] = field(default_factory=list)

    def author(
        self, entity: str, record: str, order: str, set: Operation, action: str = "update"
    ) -> Operation:
        """The next operation, without signal."""
        seq = len(self.authored) + 1
        operation = {
            "device": self.device,
            "seq": seq,
            "id": f"op-{self.device[-12:]}-{seq}-{entity}-{record[-12:]}",
            "schema": 1,
            "entity": entity,
            "record": record,
            "aggregate": f"work_order/{order}",
            "base": [self.epoch, 1],
            "at": {"wall": WALL},
            "action": action,
            "set": set,
        }
        self.authored.append(operation)
        return operation

    def sign(
        self, order: str, visit: str, *, by: ec.EllipticCurvePrivateKey | None = None, **fields: Any
    ) -> str:
        """The customer was absent; returns the sign-off's id. `fields` replace what the record says."""
        seq = len(self.authored) + 1
        before = json.dumps(self.authored[-1]).encode() if seq > 1 else b""
        signed = signing_bytes(
            Statement(
                shown=Shown(hashlib.sha256(DOCUMENT).hexdigest(), "visit-report-1", "zh"),
                work_order=order,
                visit=visit,
                epoch=self.epoch,
                version=1,
                outcome="absent",
                reason="无人在场",
                signer=Signer("王店长", None),
                signature_image_sha256=None,
                media=(),
                device=DevicePlace(self.device, seq, content_hash(before) if before else None),
                checkpoint=None,
                time=TimeShown(WALL, 5, "b1", None, None),
            )
        )
        id = f"so-{visit}"
        told = {
            "visit": visit,
            "outcome": "absent",
            "reason": "无人在场",
            "signer": {"name": "王店长"},
            "signed_at": WALL,
            "document": DOCUMENT.decode(),
            "document_sha256": hashlib.sha256(DOCUMENT).hexdigest(),
            "statement": signed.decode(),
            "signature": b64encode(es256(by or self.key, signed)).decode(),
            **fields,
        }
        set = {name: value for name, value in told.items() if value is not None}
        self.author("sign_off", id, order, set, action="create")
        return id

    def push(self, operations: list[Operation] | None = None, headers: dict[str, str] | None = None) -> Any:
        """The `push` member of the reply."""
        ops = self.authored if operations is None else operations
        body = {"protocol": 1, "schema": 1, "epoch": self.epoch}
        body |= {"push": {"ops": ops, "first": ops[0]["seq"]}, "pull": {"manifest": {}}}
        answer = self.client.post("/v1/sync", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["push"]


def enrolled(live: Live, desks: dict[str, httpx.Client]) -> SigningPhone:
    """A fresh phone of the technician `ME`."""
    live.account("phone-owner", "technician")
    fields = {"number": f"T-{live.service.new_id()[-8:]}", "name": {"zh": "机主"}, "active": True}
    desks["admin"].post("/v1/desk/technicians", json={"id": ME, "fields": fields})
    code = desks["supervisor"].post("/v1/desk/devices/codes", json={"account": ME}).json()["code"]
    key = ec.generate_private_key(ec.SECP256R1())
    client = live.client()
    answer = client.post("/v1/enrol", json={"code": code, "public_key": jwk(key), "name": "签字机"})
    assert answer.status_code == 201, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return SigningPhone(client, answer.json()["device"], answer.json()["epoch"], key)


def jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """The public half, as a phone sends it."""
    numbers = key.public_key().public_numbers()
    x, y = (
        urlsafe_b64encode(one.to_bytes(32, "big")).rstrip(b"=").decode() for one in (numbers.x, numbers.y)
    )
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def es256(key: ec.EllipticCurvePrivateKey, signed: bytes) -> bytes:
    """64 bytes, r then s."""
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
