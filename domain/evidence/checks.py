"""What is checked of a file, each check by its name (openapi/evidence.md, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from domain.evidence.case import (
    Case,
    Logged,
    commits,
    octets,
    path,
    sign_off_record,
    signed_hashes,
    statement_of,
)
from domain.evidence.package import sealed_text
from domain.verification import VERIFIED, Bearer, verify
from sync import canonical
from sync.audit import Change
from sync.log.checkpoint import read_checkpoint
from sync.log.note import NoNote, signer
from sync.log.tree import is_consistent, leaf_hash, root_from_inclusion


class Fault(msgspec.Struct, frozen=True):
    """Something that does not hold: a key of `sentences.FAULTS`, and what its sentence names."""

    code: str
    facts: dict[str, str | int] = {}


def seal(case: Case) -> Iterator[Fault]:
    """The file is byte for byte the one that was handed out."""
    text = sealed_text(case.package)
    if all(log.signer(text, case.package.seal) is None for log in case.logs):
        yield Fault("seal")


def checkpoints(case: Case) -> Iterator[Fault]:
    """Each log's state is signed by a key that the log itself names, in the log's own name."""
    for log in case.logs:
        by, state = log.signed_by, log.checkpoint
        if by is None or state is None or by.name != state.origin:
            yield Fault("checkpoint")


def keys(case: Case) -> Iterator[Fault]:
    """The key is one that the reader has got elsewhere, if they have."""
    trusted = {one.public for one in case.outside.keys}
    for log in case.logs:
        if trusted and (log.signed_by is None or log.signed_by.public not in trusted):
            yield Fault("key")


def leaves(case: Case) -> Iterator[Fault]:
    """Each leaf is one of the four kinds, in its one spelling, and stands once, in the log's order."""
    for log in case.logs:
        places = [proven.index for proven, _ in log.leaves]
        if places != sorted(set(places)):
            yield Fault("leaf_order")
        for proven, leaf in log.leaves:
            if leaf is None:
                yield Fault("leaf", {"place": proven.index + 1})


def receipts(case: Case) -> Iterator[Fault]:
    """Each leaf is countersigned."""
    for log in case.logs:
        for proven, _ in log.leaves:
            if log.signer(f"{proven.data}\n", proven.receipt) is None:
                yield Fault("receipt", {"place": proven.index + 1})


def inclusion(case: Case) -> Iterator[Fault]:
    """Each leaf is in the log, at its place."""
    for log in case.logs:
        for proven, _ in log.leaves:
            leaf = leaf_hash(proven.data.encode())
            state = log.checkpoint
            if state is None:
                continue
            if root_from_inclusion(leaf, proven.index, state.size, path(proven.proof)) != state.root:
                yield Fault("inclusion", {"place": proven.index + 1})


def consistency(case: Case) -> Iterator[Fault]:
    """Each earlier state that the file names is a beginning of the log."""
    for log in case.logs:
        for one in log.part.consistency:
            state, root = log.checkpoint, octets(one.root, 32)
            if state is None:
                continue
            if not is_consistent(one.size, root, state.size, state.root, path(one.proof)):
                yield Fault("consistency", {"size": one.size})


def chain(case: Case) -> Iterator[Fault]:
    """The audit chain leads to the end that it names."""
    head = case.hashes[-1] if case.hashes else ""
    if head != case.package.chain.head:
        yield Fault("chain")


def contents(case: Case) -> Iterator[Fault]:
    """What entries say is what was committed to."""
    for n, (entry, change) in enumerate(zip(case.package.chain.entries, case.changes, strict=True), start=1):
        if not commits(entry) or (entry.payload is not None and change is None):
            yield Fault("entry", {"n": n})


def anchors(case: Case) -> Iterator[Fault]:
    """The log has seen this very chain, up to the entry that its leaf names."""
    for one in case.logged():
        place = one.leaf.chain
        inside = 0 < place.n <= len(case.hashes)
        if (
            one.leaf.aggregate != case.package.chain.aggregate
            or not inside
            or case.hashes[place.n - 1] != place.hash
        ):
            yield Fault("anchor", {"sign_off": one.leaf.sign_off})


def enrolments(case: Case) -> Iterator[Fault]:
    """The key of each sign-off was enrolled earlier in the same log."""
    for one in case.logged():
        key = one.leaf.key_sha256
        if key is not None and one.log.enrolment(key, one.index) is None:
            yield Fault("enrolment", {"sign_off": one.leaf.sign_off})


def completeness(case: Case) -> Iterator[Fault]:
    """Each sign-off of the file is in a log, and each that a log has was made by an entry before."""
    logged = case.logged()
    made = case.creations()
    for id in sorted(made.keys() - {one.leaf.sign_off for one in logged}):
        yield Fault("not_logged", {"sign_off": id})
    for one in logged:
        if one.leaf.sign_off in made and made[one.leaf.sign_off][0] > one.leaf.chain.n:
            yield Fault("anchor", {"sign_off": one.leaf.sign_off})
    if not logged:
        yield Fault("nothing")


def signatures(case: Case) -> Iterator[Fault]:
    """What the log calls verified is: the phone's signature, over this statement, this document and these media."""
    made = case.creations()
    for one in case.logged():
        if one.leaf.result == VERIFIED and one.leaf.sign_off in made:
            reason = _unlike(case, one, made[one.leaf.sign_off][1])
            if reason:
                yield Fault("signature", {"sign_off": one.leaf.sign_off, "reason": reason})


def _unlike(case: Case, logged: Logged, change: Change) -> str:
    """Why a sign-off is not what its leaf says, a key of `domain.verification.REASONS`; empty when it is."""
    leaf = logged.leaf
    sign_off = sign_off_record(change, case.package.chain.aggregate)
    if sign_off is None:
        return "record_differs"
    enrolled = logged.log.enrolment(leaf.key_sha256, logged.index)
    bearer = Bearer(
        device=change.device,
        copied_from=(leaf.signed_as,) if leaf.signed_as else (),
        public_key=canonical.encode(enrolled[1].key) if enrolled else b"",
    )
    found = verify(sign_off, case.media(), bearer, case.arithmetic.is_es256)
    if change.device != leaf.device or found.signed_as != (leaf.signed_as or ""):
        return found.reason or "device_differs"
    return found.reason


def files(case: Case) -> Iterator[Fault]:
    """Each photo and drawing that was signed is among the files that lie beside."""
    present = case.outside.files
    if present is None:
        return
    for id, (_, change) in sorted(case.creations().items()):
        statement = statement_of(change)
        for sha256 in signed_hashes(statement) if statement else ():
            if sha256 not in present:
                yield Fault("file", {"sign_off": id, "sha256": sha256})


def held(case: Case) -> Iterator[Fault]:
    """States of a log that the reader got elsewhere are beginnings of the log of that name."""
    for note in case.outside.held:
        if not any(extends(case, place, note) for place in range(len(case.logs))):
            yield Fault("held")


def extends(case: Case, place: int, note: str) -> bool:
    """Whether a checkpoint that was got elsewhere is genuine, and the file's log a continuation of it."""
    log = case.logs[place]
    try:
        earlier, text, lines = read_checkpoint(note)
    except NoNote:
        return False
    state = log.checkpoint
    known = [*log.keys, *case.outside.keys]
    is_genuine = any(signer(text, line, known, case.arithmetic.is_ed25519) for line in lines)
    if state is None or earlier.origin != state.origin or not is_genuine:
        return False
    if (earlier.size, earlier.root) == (state.size, state.root):
        return True
    states = {(one.size, one.root) for one in log.part.consistency}
    return (earlier.size, earlier.root.hex()) in states


CHECKS: dict[str, Callable[[Case], Iterator[Fault]]] = {
    one.__name__: one
    for one in (
        seal,
        checkpoints,
        keys,
        leaves,
        receipts,
        inclusion,
        consistency,
        chain,
        contents,
        anchors,
        enrolments,
        completeness,
        signatures,
        files,
        held,
    )
}
"""In the order in which their faults are told."""
