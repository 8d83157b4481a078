"""Files of evidence made without a server, from parts that a test may spoil one by one."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.evidence.leaf import (
    ChainPlace,
    DeviceKey,
    EnrolmentLeaf,
    KeyLeaf,
    Leaf,
    SignOffLeaf,
    encode_leaf,
)
from domain.evidence.package import (
    Chain,
    Consistency,
    Entry,
    LogPart,
    Package,
    Proven,
    encode_package,
    sealed_text,
)
from domain.sign_off import (
    Checkpoint,
    DevicePlace,
    MediaHash,
    Shown,
    Signer,
    Statement,
    TimeShown,
    document_bytes,
    signing_bytes,
)
from mobile_api.device_key import jwk_of
from server.evidence.key import LogKey
from sync import audit
from sync.log.checkpoint import Checkpoint as State
from sync.log.tree import consistency_ranges, grown, inclusion_ranges, leaf_hash, proof, root
from tests.server.signing import es256

ORIGIN = "service.example.com/log/e1"
ORDER, VISIT, SIGN_OFF, DEVICE, PHOTO, DRAWN = "order-1", "visit-1", "so-1", "phone-1", "media-1", "media-2"
AGGREGATE = f"work_order/{ORDER}"
AT = "2026-03-02T03:00:00.000Z"
PICTURES = {PHOTO: b"a photo", DRAWN: b"a drawn name"}
DOCUMENT = document_bytes({"document": "doorstep.visit-document.v1", "total_fen": 28000})
KEY = LogKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER_KEY = LogKey(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
PHONE_KEY = ec.derive_private_key(20_260_302, ec.SECP256R1())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def statement(checkpoint: Checkpoint | None = None, **replaced: Any) -> Statement:
    """What the phone signs: a customer who signed for a photo."""
    told = Statement(
        shown=Shown(sha256(DOCUMENT), "visit-report-1", "zh"),
        work_order=ORDER,
        visit=VISIT,
        epoch="e1",
        version=3,
        outcome="signed",
        reason=None,
        signer=Signer("王店长", "店长"),
        signature_image_sha256=sha256(PICTURES[DRAWN]),
        media=(MediaHash(PHOTO, sha256(PICTURES[PHOTO])),),
        device=DevicePlace(DEVICE, 4, "0" * 64),
        checkpoint=checkpoint,
        time=TimeShown("2026-03-02T03:04:05Z", 86_400_000, "b1", -120, 900),
    )
    return msgspec.structs.replace(told, **replaced)


def told_of(said: Statement, **replaced: Any) -> dict[str, Any]:
    """The fields of the sign-off whose statement this is."""
    signed = signing_bytes(said)
    return {
        "visit": VISIT,
        "outcome": said.outcome,
        "signer": {"name": "王店长", "role": "店长"},
        "signed_at": said.time.wall,
        "document": DOCUMENT.decode(),
        "document_sha256": sha256(DOCUMENT),
        "statement": signed.decode(),
        "signature": b64encode(es256(PHONE_KEY, signed)).decode(),
        "signature_media": DRAWN,
        **replaced,
    }


def change(entity: str, record: str, after: dict[str, Any], *, by: str = "technician") -> audit.Change:
    """An entry of the chain; those of the system are its own device's."""
    device, seq = (DEVICE, 4) if by == "technician" else ("system-media", 9)
    return audit.Change(
        op=f"op-{entity}-{record}",
        device=device,
        seq=seq,
        user="u-1",
        by=by,
        entity=entity,
        record=record,
        ver=3,
        received_at=AT,
        after=after,
    )


@dataclass
class World:
    """The parts; `file()` makes the file of them. In the chain a photo's arrival is third, the sign-off fourth."""

    said: Statement = field(default_factory=lambda: statement(Checkpoint(2, "")))
    fields: dict[str, Any] | None = None
    more_changes: list[audit.Change] = field(default_factory=list)
    erased: frozenset[int] = frozenset()
    """Entries of the chain whose payload and salt are gone."""
    sign_off: dict[str, Any] = field(default_factory=dict)
    """Members of the sign-off's leaf, other than they should be."""
    more_leaves: list[Leaf] = field(default_factory=list)
    later_leaves: int = 2
    """How far the log has gone on since."""

    def entries(self) -> list[audit.Entry]:
        """The chain, with salts that a test can repeat."""
        told = self.fields if self.fields is not None else told_of(self.said)
        changes = [
            change("media", PHOTO, {"kind": "photo", "sha256": sha256(PICTURES[PHOTO])}),
            change("media", DRAWN, {"kind": "signature", "sha256": sha256(PICTURES[DRAWN])}),
            change("media", PHOTO, {"state": {"event": "store"}}, by="system"),
            change("sign_off", SIGN_OFF, told),
            *self.more_changes,
        ]
        found: list[audit.Entry] = []
        head = audit.GENESIS
        for one in changes:
            salt = hashlib.sha256(str(len(found)).encode()).digest()[:16]
            found.append(audit.extend(AGGREGATE, head, len(found), one, salt))
            head = found[-1].hash
        return found

    def leaves(self, entries: Sequence[audit.Entry]) -> list[Leaf]:
        """The log: its key, the phone, something else, the sign-off, and what came later."""
        key = msgspec.convert(jwk_of(PHONE_KEY.public_key()), DeviceKey)
        phone = EnrolmentLeaf(at=AT, device=DEVICE, enrolled_at=AT, key=key, user="u-1")
        about = {
            "aggregate": AGGREGATE,
            "at": AT,
            "chain": ChainPlace(hash=entries[-1].hash.hex(), n=len(entries)),
            "device": DEVICE,
            "key_sha256": phone.thumbprint(),
            "reason": None,
            "received_at": AT,
            "result": "verified",
            "sign_off": SIGN_OFF,
            "signed_as": None,
        }
        return [
            KeyLeaf(at=AT, key=KEY.named(ORIGIN).encoded()),
            phone,
            SignOffLeaf(**{**about, **self.sign_off}),
            *self.more_leaves,
        ]

    def package(self) -> Package:
        """The file before it is written, sealed."""
        if self.said.checkpoint is not None and not self.said.checkpoint.root_sha256:
            # What the phone had seen of the log does not depend on what it signs: the entries before the sign-off.
            begun = _tree(self.leaves(replace(self, said=statement()).entries())[:2])
            seen = Checkpoint(2, root(2, begun).hex())
            return replace(self, said=msgspec.structs.replace(self.said, checkpoint=seen)).package()
        entries = self.entries()
        leaves = self.leaves(entries)
        size = len(leaves) + self.later_leaves
        whole = [*leaves, *leaves[:1] * self.later_leaves]
        nodes = _tree(whole)
        state = State(ORIGIN, size, root(size, nodes))
        named = self.said.checkpoint
        earlier = [] if named is None else [_consistency(named.size, size, nodes)]
        part = LogPart(
            checkpoint=KEY.checkpoint(state),
            consistency=tuple(earlier),
            leaves=tuple(_proven(place, leaf, size, nodes) for place, leaf in enumerate(leaves)),
        )
        chain = Chain(
            aggregate=AGGREGATE,
            entries=tuple(_entry(one, is_erased=one.n in self.erased) for one in entries),
            head=entries[-1].hash.hex(),
        )
        return sealed(Package(chain=chain, logs=(part,), made_at=AT, scope="work_order", seal=""))

    def file(self) -> bytes:
        """The file."""
        return encode_package(self.package())


def sealed(package: Package, key: LogKey = KEY) -> Package:
    """The same, sealed anew: what only the operator could do."""
    return msgspec.structs.replace(package, seal=key.line(ORIGIN, sealed_text(package)))


def with_log(package: Package, **replaced: Any) -> Package:
    """The same with another log part, sealed anew."""
    part = msgspec.structs.replace(package.logs[0], **replaced)
    return sealed(msgspec.structs.replace(package, logs=(part,)))


def receipt(data: str, key: LogKey = KEY) -> str:
    """A countersignature."""
    return key.line(ORIGIN, f"{data}\n")


def _tree(leaves: Sequence[Leaf]) -> dict[tuple[int, int], bytes]:
    return grown(0, {}, [leaf_hash(encode_leaf(one).encode()) for one in leaves])


def _proven(place: int, leaf: Leaf, size: int, nodes: dict[tuple[int, int], bytes]) -> Proven:
    data = encode_leaf(leaf)
    path = proof(inclusion_ranges(place, size), nodes)
    return Proven(index=place, data=data, receipt=receipt(data), proof=tuple(one.hex() for one in path))


def _consistency(earlier: int, size: int, nodes: dict[tuple[int, int], bytes]) -> Consistency:
    path = proof(consistency_ranges(earlier, size), nodes)
    return Consistency(size=earlier, root=root(earlier, nodes).hex(), proof=tuple(one.hex() for one in path))


def _entry(entry: audit.Entry, *, is_erased: bool) -> Entry:
    commitment = entry.commitment.hex()
    if is_erased or entry.payload is None or entry.salt is None:
        return Entry(commitment=commitment, payload=None, salt=None)
    return Entry(commitment=commitment, payload=entry.payload.decode(), salt=entry.salt.hex())
