"""What the log's leaves say (openapi/evidence.md, section 2): ids, times, hashes, public keys."""

from __future__ import annotations

from typing import Literal

import msgspec

from sync import canonical
from sync.log.note import NoNote, read_key
from sync.record import Record


class _Leaf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="leaf"):
    """Every leaf says of which kind it is."""


class KeyLeaf(_Leaf, frozen=True, kw_only=True, tag="doorstep.log.key.v1"):
    """From here on the log is signed with this key."""

    at: str
    key: str
    """`sync.log.note.NoteKey.encoded`."""


class RestartLeaf(_Leaf, frozen=True, kw_only=True, tag="doorstep.log.restart.v1"):
    """A backup was restored: this log follows another, which ended so as it was restored."""

    at: str
    origin: str
    root: str
    size: int


class DeviceKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device's public key, as a JWK."""

    crv: Literal["P-256"]
    kty: Literal["EC"]
    x: str
    y: str


class EnrolmentLeaf(_Leaf, frozen=True, kw_only=True, tag="doorstep.log.enrolment.v1"):
    """This key is the key of a phone of this user."""

    at: str
    device: str
    enrolled_at: str
    """Empty: not known any more."""
    key: DeviceKey
    user: str

    def thumbprint(self) -> str:
        """SHA-256 of the key's canonical JWK (RFC 7638)."""
        return canonical.sha256_hex(canonical.encode(self.key))


class ChainPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of an audit chain, and the hash that it had."""

    hash: str
    n: int


class SignOffLeaf(_Leaf, frozen=True, kw_only=True, tag="doorstep.log.sign-off.v1"):
    """A sign-off was received and checked. By `chain` it commits to what was signed."""

    aggregate: str
    at: str
    """When it was logged."""
    chain: ChainPlace
    device: str
    """The phone that brought it."""
    key_sha256: str | None
    reason: str | None
    """A key of `domain.verification.REASONS`."""
    received_at: str
    """When the phone's operation came. Empty: not known any more."""
    result: Literal["verified", "not_verified"]
    sign_off: str
    signed_as: str | None
    """The device that the statement names, of which this phone is a copy."""


Leaf = KeyLeaf | RestartLeaf | EnrolmentLeaf | SignOffLeaf

_decoder = msgspec.json.Decoder(Leaf)


class NoLeaf(ValueError):
    """The text is no leaf in its one spelling."""


def encode_leaf(leaf: Leaf) -> str:
    """Its one spelling: canonical JSON in one line."""
    return canonical.encode(leaf).decode()


def decode_leaf(data: str) -> Leaf:
    """The inverse of `encode_leaf`. Raises `NoLeaf`."""
    try:
        leaf: Leaf = _decoder.decode(data.encode())
        if isinstance(leaf, KeyLeaf):
            read_key(leaf.key)
    except (*canonical.NOT_JSON, UnicodeEncodeError, NoNote) as problem:
        raise NoLeaf(str(problem)) from problem
    if encode_leaf(leaf) != data:
        raise NoLeaf("not in canonical form")
    return leaf


def sign_off_leaf(sign_off: Record, chain: ChainPlace, received_at: str, at: str) -> SignOffLeaf | None:
    """The leaf of a sign-off that was checked; None as long as it was not."""
    found = sign_off.fields.get("verification")
    if not found:
        return None
    return SignOffLeaf(
        aggregate=sign_off.aggregate,
        at=at,
        chain=chain,
        device=sign_off.created.device,
        key_sha256=found.get("key_sha256"),
        reason=found.get("reason"),
        received_at=received_at,
        result=found["result"],
        sign_off=sign_off.id,
        signed_as=found.get("signed_as"),
    )


def says_the_same(one: SignOffLeaf, other: SignOffLeaf) -> bool:
    """Whether two leaves tell the same finding about a sign-off, whenever they were logged."""
    told = ("sign_off", "result", "reason", "key_sha256", "signed_as")
    return all(getattr(one, name) == getattr(other, name) for name in told)
