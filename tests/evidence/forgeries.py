"""Files in which one thing is wrong, sealed anew by whoever has the key: only one check can find each."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from domain.evidence.leaf import ChainPlace, EnrolmentLeaf, decode_leaf, encode_leaf
from domain.evidence.package import Consistency, Package, encode_package
from domain.sign_off import MediaHash
from sync.log.checkpoint import Checkpoint as State
from tests.evidence.world import (
    KEY,
    ORIGIN,
    OTHER_KEY,
    PICTURES,
    World,
    change,
    receipt,
    sealed,
    sha256,
    statement,
    told_of,
    with_log,
)
from tests.server.signing import es256


@dataclass(frozen=True)
class Forgery:
    """A file, the one check that finds it, and what the reader brings along."""

    name: str
    check: str
    made: Callable[[], Package]
    keys: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    files: frozenset[str] | None = None

    def file(self) -> bytes:
        return encode_package(self.made())


def _not_resealed() -> Package:
    return sealed(World().package(), OTHER_KEY)


def _checkpoint_of_another_key() -> Package:
    package = World().package()
    text = package.logs[0].checkpoint.rpartition("\n\n")[0] + "\n"
    return with_log(package, checkpoint=f"{text}\n{OTHER_KEY.line(ORIGIN, text)}\n")


def _leaf_told_twice() -> Package:
    package = World().package()
    leaves = package.logs[0].leaves
    return with_log(package, leaves=(*leaves[:2], leaves[1], *leaves[2:]))


def _receipt_of_another_key() -> Package:
    package = World().package()
    *before, last = package.logs[0].leaves
    forged = msgspec.structs.replace(last, receipt=receipt(last.data, OTHER_KEY))
    return with_log(package, leaves=(*before, forged))


def _leaf_that_the_log_has_not() -> Package:
    package = World().package()
    key, phone, sign_off = package.logs[0].leaves
    said = decode_leaf(phone.data)
    assert isinstance(said, EnrolmentLeaf)
    data = encode_leaf(msgspec.structs.replace(said, user="u-2"))
    forged = msgspec.structs.replace(phone, data=data, receipt=receipt(data))
    return with_log(package, leaves=(key, forged, sign_off))


def _state_that_never_was() -> Package:
    package = World().package()
    (known,) = package.logs[0].consistency
    never = Consistency(size=3, root=sha256(b"another log"), proof=known.proof)
    return with_log(package, consistency=(known, never))


def _other_end() -> Package:
    package = World().package()
    chain = msgspec.structs.replace(package.chain, head=sha256(b"elsewhere"))
    return sealed(msgspec.structs.replace(package, chain=chain))


def _arrival_made_up() -> Package:
    package = World().package()
    first, second, third, *rest = package.chain.entries
    assert third.payload is not None
    forged = msgspec.structs.replace(third, payload=third.payload.replace("store", "queue"))
    chain = msgspec.structs.replace(package.chain, entries=(first, second, forged, *rest))
    return sealed(msgspec.structs.replace(package, chain=chain))


def _another_history() -> Package:
    return World(sign_off={"chain": ChainPlace(hash=sha256(b"another history"), n=4)}).package()


def _another_order() -> Package:
    return World(sign_off={"aggregate": "work_order/order-2"}).package()


def _key_that_was_never_enrolled() -> Package:
    told = {"result": "not_verified", "reason": "signature_invalid", "key_sha256": sha256(b"whose?")}
    return World(sign_off=told).package()


def _sign_off_that_was_kept_from_the_log() -> Package:
    hidden = change("sign_off", "so-2", told_of(statement()))
    return World(more_changes=[hidden]).package()


def _logged_before_it_was_made() -> Package:
    entries = World(said=statement()).entries()
    return World(sign_off={"chain": ChainPlace(hash=entries[2].hash.hex(), n=3)}).package()


def _with(**told: Any) -> Callable[[], Package]:
    """A sign-off of which the chain itself tells something else than was signed."""

    def made() -> Package:
        said = statement()
        return World(said=said, fields=told_of(said, **told)).package()

    return made


def _signed_with_another_key() -> Package:
    said = statement()
    other = es256(ec.derive_private_key(7, ec.SECP256R1()), told_of(said)["statement"].encode())
    return World(said=said, fields=told_of(said, signature=b64encode(other).decode())).package()


def _other_photo() -> Package:
    return World(said=statement(media=(MediaHash("media-1", sha256(b"another photo")),))).package()


def _brought_by_another_phone() -> Package:
    return World(sign_off={"device": "phone-2"}).package()


_OTHER_STATE = KEY.checkpoint(State(ORIGIN, 3, bytes(32)))
_NOT_OURS = OTHER_KEY.checkpoint(State(ORIGIN, 3, bytes(32)))

FORGERIES = [
    Forgery("sealed by another key", "seal", _not_resealed),
    Forgery("a checkpoint of another key", "checkpoints", _checkpoint_of_another_key),
    Forgery("a company's key that the reader does not know", "keys", World().package,
            keys=(OTHER_KEY.named(ORIGIN).encoded(),)),
    Forgery("a leaf told twice", "leaves", _leaf_told_twice),
    Forgery("a receipt of another key", "receipts", _receipt_of_another_key),
    Forgery("a leaf that the log has not", "inclusion", _leaf_that_the_log_has_not),
    Forgery("a state that never was", "consistency", _state_that_never_was),
    Forgery("a chain that ends elsewhere", "chain", _other_end),
    Forgery("the arrival of a photo, changed", "contents", _arrival_made_up),
    Forgery("another history than was logged", "anchors", _another_history),
    Forgery("another order than was logged", "anchors", _another_order),
    Forgery("a key that was never enrolled", "enrolments", _key_that_was_never_enrolled),
    Forgery("a sign-off that was kept from the log", "completeness", _sign_off_that_was_kept_from_the_log),
    Forgery("a sign-off that was logged before it was made", "completeness", _logged_before_it_was_made),
    Forgery("a signature by another key", "signatures", _signed_with_another_key),
    Forgery("no signature, called verified", "signatures", _with(signature=None)),
    Forgery("another document", "signatures", _with(document='{"total_fen":1}')),
    Forgery("another hash of the document", "signatures", _with(document_sha256=sha256(b"another"))),
    Forgery("another outcome", "signatures", _with(outcome="refused")),
    Forgery("another name", "signatures", _with(signer={"name": "李店长"})),
    Forgery("another visit", "signatures", _with(visit="visit-2")),
    Forgery("another time", "signatures", _with(signed_at="2026-03-02T03:04:06Z")),
    Forgery("another drawing", "signatures", _with(signature_media="media-1")),
    Forgery("another photo", "signatures", _other_photo),
    Forgery("a statement of another spelling", "signatures", _with(statement="{}")),
    Forgery("a document that is no text", "signatures", _with(document=7)),
    Forgery("brought by another phone", "signatures", _brought_by_another_phone),
    Forgery("a drawing that does not lie beside", "files", World().package,
            files=frozenset({sha256(PICTURES["media-1"])})),
    Forgery("a state held elsewhere that this log never had", "held", World().package, held=(_OTHER_STATE,)),
    Forgery("a held checkpoint of another key", "held", World().package, held=(_NOT_OURS,)),
    Forgery("a held note that is none", "held", World().package, held=("nothing\n",)),
]  # fmt: skip
