"""What is checked, each check by its name (openapi/evidence.md, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from doorstep_verify.file import File, commits, octets
from doorstep_verify.merkle import is_continued, leaf_hash, root_of
from doorstep_verify.note import Bad, Key, checkpoint_from, who_signed
from doorstep_verify.statement import reason_against, signed_hashes, statement_from

Facts = dict[str, Any]
Fault = tuple[str, Facts]


class Outside(NamedTuple):
    """What the reader brings along: keys, checkpoints as notes, and hashes of the files that lie beside."""

    keys: tuple[Key, ...] = ()
    held: tuple[str, ...] = ()
    files: frozenset[str] | None = None


NOTHING = Outside()


def seal(file: File, _: Outside) -> Iterator[Fault]:
    """The file is byte for byte the one that was handed out."""
    text = file.sealed_text()
    if not any(log.signer(text, file.said["seal"]) for log in file.logs):
        yield "seal", {}


def checkpoints(file: File, _: Outside) -> Iterator[Fault]:
    """Each checkpoint is signed by a key of the log, in the log's name."""
    for log in file.logs:
        if log.state is None or log.signed_by is None or log.signed_by.name != log.state.origin:
            yield "checkpoint", {}


def keys(file: File, outside: Outside) -> Iterator[Fault]:
    """The key is one that the reader has got elsewhere."""
    trusted = {one.public for one in outside.keys}
    for log in file.logs:
        if trusted and (log.signed_by is None or log.signed_by.public not in trusted):
            yield "key", {}


def leaves(file: File, _: Outside) -> Iterator[Fault]:
    """Leaves are leaves, in order, each once."""
    for log in file.logs:
        places = [one.place for one in log.leaves]
        if places != sorted(set(places)):
            yield "leaf_order", {}
        for one in log.leaves:
            if one.said is None:
                yield "leaf", {"place": one.place + 1}


def receipts(file: File, _: Outside) -> Iterator[Fault]:
    """Leaves are countersigned."""
    for log in file.logs:
        for one in log.leaves:
            if log.signer(one.part["data"] + "\n", one.part["receipt"]) is None:
                yield "receipt", {"place": one.place + 1}


def inclusion(file: File, _: Outside) -> Iterator[Fault]:
    """Leaves are in the log."""
    for log in file.logs:
        for one in log.leaves:
            if log.state is not None:
                hashes = [octets(step, 32) for step in one.part["proof"]]
                leaf = leaf_hash(one.part["data"].encode())
                if root_of(leaf, one.place, log.state.size, hashes) != log.state.root:
                    yield "inclusion", {"place": one.place + 1}


def consistency(file: File, _: Outside) -> Iterator[Fault]:
    """The log continues its earlier states."""
    for log in file.logs:
        for one in log.part["consistency"]:
            if log.state is not None:
                hashes = [octets(step, 32) for step in one["proof"]]
                root = octets(one["root"], 32)
                if not is_continued(one["size"], root, log.state.size, log.state.root, hashes):
                    yield "consistency", {"size": one["size"]}


def chain(file: File, _: Outside) -> Iterator[Fault]:
    """The audit chain leads to the end that it names."""
    if (file.hashes[-1] if file.hashes else "") != file.said["chain"]["head"]:
        yield "chain", {}


def contents(file: File, _: Outside) -> Iterator[Fault]:
    """Entries say what was committed to."""
    for n, (entry, change) in enumerate(zip(file.entries, file.changes, strict=True), start=1):
        if not commits(entry) or (entry["payload"] is not None and change is None):
            yield "entry", {"n": n}


def anchors(file: File, _: Outside) -> Iterator[Fault]:
    """The log has seen this chain."""
    for _log, _index, leaf in file.sign_offs():
        n = leaf["chain"]["n"]
        is_seen = 0 < n <= len(file.hashes) and file.hashes[n - 1] == leaf["chain"]["hash"]
        if leaf["aggregate"] != file.aggregate or not is_seen:
            yield "anchor", {"sign_off": leaf["sign_off"]}


def enrolments(file: File, _: Outside) -> Iterator[Fault]:
    """Keys were enrolled before they signed."""
    for log, index, leaf in file.sign_offs():
        if leaf["key_sha256"] is not None and log.enrolment(leaf["key_sha256"], index) is None:
            yield "enrolment", {"sign_off": leaf["sign_off"]}


def completeness(file: File, _: Outside) -> Iterator[Fault]:
    """Every sign-off is in a log, after it was made."""
    logged, made = file.sign_offs(), file.creations()
    for id in sorted(made.keys() - {leaf["sign_off"] for _, _, leaf in logged}):
        yield "not_logged", {"sign_off": id}
    for _log, _index, leaf in logged:
        if leaf["sign_off"] in made and made[leaf["sign_off"]][0] > leaf["chain"]["n"]:
            yield "anchor", {"sign_off": leaf["sign_off"]}
    if not logged:
        yield "nothing", {}


def signatures(file: File, _: Outside) -> Iterator[Fault]:
    """What the log calls verified is."""
    made, media = file.creations(), file.media()
    for log, index, leaf in file.sign_offs():
        if leaf["result"] != "verified" or leaf["sign_off"] not in made:
            continue
        change = made[leaf["sign_off"]][1]
        enrolled = log.enrolment(leaf["key_sha256"], index)
        key = enrolled[1]["key"] if enrolled else None
        reason = reason_against(change, file.aggregate, media, key, leaf["signed_as"])
        if not reason and not _is_by(change, leaf):
            reason = "device_differs"
        if reason:
            yield "signature", {"sign_off": leaf["sign_off"], "reason": reason}


def _is_by(change: dict[str, Any], leaf: dict[str, Any]) -> bool:
    """Whether the leaf names the phone that brought it, and the one that it is a copy of exactly where that signed."""
    said = statement_from(change["after"]["statement"])
    signed_as = leaf["signed_as"]
    return change["device"] == leaf["device"] and (not signed_as or (said or {})["device"]["id"] == signed_as)


def files(file: File, outside: Outside) -> Iterator[Fault]:
    """Photos and drawings that were signed lie beside."""
    if outside.files is None:
        return
    for id, (_, change) in sorted(file.creations().items()):
        said = statement_from(change["after"].get("statement"))
        for sha256 in signed_hashes(said) if said else ():
            if sha256 not in outside.files:
                yield "file", {"sign_off": id, "sha256": sha256}


def held(file: File, outside: Outside) -> Iterator[Fault]:
    """The log continues the states that the reader holds."""
    for note in outside.held:
        if not any(_extends(log, outside, note) for log in file.logs):
            yield "held", {}


def _extends(log: Any, outside: Outside, note: str) -> bool:
    try:
        earlier, text, lines = checkpoint_from(note)
    except (Bad, UnicodeEncodeError):
        return False
    is_genuine = any(who_signed(text, line, [*log.keys, *outside.keys]) for line in lines)
    if log.state is None or earlier.origin != log.state.origin or not is_genuine:
        return False
    states = {(one["size"], one["root"]) for one in log.part["consistency"]}
    return earlier == log.state or (earlier.size, earlier.root.hex()) in states


CHECKS: dict[str, Callable[[File, Outside], Iterator[Fault]]] = {
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
