"""A phone over HTTP: enrolled once, signing with its device key, exchanging (sections 3 and 13)."""

import base64
import gzip
import hashlib
import json
from typing import Any

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.stranger.base import Base
from tests.stranger.outbox import Operation, Outbox

PROTOCOL = 1
SIZE = 32
REPEATS = 20


class Refused(Exception):
    """The server refused the request as a whole; the phone keeps everything."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status, self.code, self.problem = status, problem.get("code"), problem


class Phone:
    """One enrolled device with its base and its outbox."""

    def __init__(self, client: httpx.Client, code: str, name: str) -> None:
        self.client, self.key = client, ec.generate_private_key(ec.SECP256R1())
        self.enrolment = {"code": code, "public_key": self.public_key(), "name": name, "platform": "stranger"}
        self.said = self.enrol()
        self.user, self.roles, self.schema = self.said["user"], self.said["roles"], self.said["schema"]
        self.token, self.nonce = self.said["token"], self.said["nonce"]
        self.base, self.outbox, self.round_trips = Base(), Outbox(self.said["device"]), 0

    def enrol(self) -> dict[str, Any]:
        """What the server says to this key and code; saying it again gives the same device."""
        return _read(self.client.post("/v1/enrol", json=self.enrolment))

    def public_key(self) -> dict[str, str]:
        """The public half, as a JSON Web Key."""
        numbers = self.key.public_key().public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": _base64url(numbers.x.to_bytes(SIZE, "big")),
            "y": _base64url(numbers.y.to_bytes(SIZE, "big")),
        }

    def signed(self, body: bytes) -> dict[str, str]:
        """The three fields that take the place of a token."""
        text = hashlib.sha256(body).digest() + self.nonce.encode("ascii")
        r, s = decode_dss_signature(self.key.sign(text, ec.ECDSA(hashes.SHA256())))
        return {
            "Doorstep-Device": self.outbox.device,
            "Doorstep-Nonce": self.nonce,
            "Doorstep-Signature": _base64url(r.to_bytes(SIZE, "big") + s.to_bytes(SIZE, "big")),
        }

    def bearer(self) -> dict[str, str]:
        """The field of a token that is current."""
        return {"Authorization": f"Bearer {self.token}"}

    def author(
        self, entity: str, record: str, aggregate: str, fields: dict[str, Any], **more: Any
    ) -> Operation:
        """Author one operation without signal; raises ValueError where it breaks a limit."""
        base = more.pop("base", [self.base.epoch, self.base.versions.get(aggregate, 0)])
        return self.outbox.author(
            lambda device, seq: (
                {
                    "device": device,
                    "seq": seq,
                    "id": f"{device}-{seq}",
                    "schema": self.schema,
                    "entity": entity,
                    "record": record,
                    "aggregate": aggregate,
                    "base": base,
                    "at": {"wall": self.said["server_time"]},
                    "set": fields,
                }
                | more
            )
        )

    def request(self, pull: dict[str, Any] | None = None) -> dict[str, Any]:
        """The next exchange's body."""
        return {
            "protocol": PROTOCOL,
            "schema": self.schema,
            "epoch": self.base.epoch,
            "push": self.outbox.push(),
            "pull": self.base.request() if pull is None else pull,
            "outbox": self.outbox.told(),
        }

    def send(self, request: dict[str, Any], *, sign: bool = False, pack: bool = False) -> dict[str, Any]:
        """One round trip; raises Refused. Signed, a lost or expired token is no matter."""
        self.round_trips += 1
        body = json.dumps(request, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"} | (self.signed(body) if sign else self.bearer())
        if pack:
            headers["Content-Encoding"] = "gzip"
        reply = _read(
            self.client.post("/v1/sync", content=gzip.compress(body) if pack else body, headers=headers)
        )
        self.token, self.nonce = reply.get("token") or self.token, reply.get("nonce") or self.nonce
        return reply

    def send_again(self, request: dict[str, Any], refused: Refused) -> dict[str, Any]:
        """The same body, signed with the nonce that a refusal gave: at most one more round trip."""
        self.nonce = refused.problem["details"]["nonce"]
        return self.send(request, sign=True)

    def exchange(self, *, sign: bool = False, pack: bool = False) -> dict[str, Any]:
        """Push everything, and pull until nothing more comes; the first reply."""
        first: dict[str, Any] = {}
        for _ in range(REPEATS):
            reply = self.send(self.request(), sign=sign, pack=pack)
            first, sign, pack = first or reply, False, False
            self.outbox.take(reply.get("push") or {})
            pull = reply.get("pull") or {}
            self.base.apply(reply["epoch"], pull, self.referred())
            for sent in pull.get("aggregates", []):
                if sent.get("snapshot"):
                    self.fetch(sent["id"], sent["snapshot"])
            if not (self.outbox.pending() or self.base.staged or self.base.refetch or pull.get("more")):
                return first
        raise RuntimeError("the exchange does not come to an end")

    def fetch(self, aggregate: str, address: str) -> None:
        """Stage the records of a snapshot; its address names the SHA-256 of its body."""
        answer = self.client.get(address, headers=self.bearer())
        answer.raise_for_status()
        if hashlib.sha256(answer.content).hexdigest() != address.rpartition("/")[2]:
            raise ValueError(f"{address} is not what it is named after")
        self.base.stage(aggregate, answer.json()["records"])

    def referred(self) -> frozenset[str]:
        """Aggregates that unanswered operations refer to."""
        return frozenset(self.outbox.operations[seq]["aggregate"] for seq in self.outbox.pending())


def _read(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code >= 300:
        kind = answer.headers.get("Content-Type", "")
        raise Refused(
            answer.status_code, answer.json() if kind.startswith("application/problem+json") else {}
        )
    said: dict[str, Any] = answer.json()
    return said


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
