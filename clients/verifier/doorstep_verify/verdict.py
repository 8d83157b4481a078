"""What a file proves, what it does not, and what in it does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from doorstep_verify.checks import CHECKS, NOTHING, Facts, Fault, Outside
from doorstep_verify.file import File, Log
from doorstep_verify.shape import Misshapen
from doorstep_verify.statement import signed_hashes, statement_from

Line = tuple[str, Facts]


class OneSignOff(NamedTuple):
    """About one sign-off; `status` is `proven`, `erased` or `not_proven`."""

    sign_off: str
    status: str
    proven: list[Line]
    open: list[Line]


class Verdict(NamedTuple):
    """About the whole file. With faults nothing else is said."""

    faults: list[Fault]
    sign_offs: list[OneSignOff]
    proven: list[Line]
    open: list[Line]

    def holds(self) -> bool:
        """Whether nothing was changed, and each sign-off is proven, as far as it was not erased."""
        return not self.faults and all(one.status != "not_proven" for one in self.sign_offs)


def judge(data: bytes, outside: Outside = NOTHING) -> Verdict:
    """Judge the bytes of a file. Whatever they are, this raises nothing."""
    try:
        file = File(data)
    except Misshapen:
        return Verdict([("unreadable", {})], [], [], [])
    faults = [fault for check in CHECKS.values() for fault in check(file, outside)]
    if faults:
        return Verdict(faults, [], [], [])
    last = {leaf["sign_off"]: (log, index, leaf) for log, index, leaf in file.sign_offs()}
    about = [_about(file, outside, *one) for one in last.values()]
    return Verdict([], about, list(_proven_of_all(file, outside)), list(_open_of_all(file, outside)))


def _about(file: File, outside: Outside, log: Log, index: int, leaf: dict[str, Any]) -> OneSignOff:
    made = file.creations().get(leaf["sign_off"])
    said = statement_from(made[1]["after"]["statement"]) if made else None
    is_verified = leaf["result"] == "verified"
    proven: list[Line] = []
    open: list[Line] = [] if is_verified else [("not_verified", {"reason": leaf["reason"] or ""})]
    status = "not_proven"
    if made is None:
        status = "erased"
        open.append(("erased", {}))
    elif is_verified and said is not None:
        status = "proven"
        proven += _signed(file, outside, leaf, said)
        open.append(_clock(said["time"]))
    proven += _logged(file, log, index, leaf)
    if is_verified and said is not None:
        earliest = _earliest(log, index, said)
        (proven if earliest[0] == "after" else open).append(earliest)
    return OneSignOff(leaf["sign_off"], status, proven, [*open, ("who", {})])


def _signed(file: File, outside: Outside, leaf: dict[str, Any], said: dict[str, Any]) -> Iterator[Line]:
    yield (
        "signed",
        {
            "device": leaf["signed_as"] or leaf["device"],
            "key": leaf["key_sha256"] or "",
            "outcome": said["outcome"],
            "document": said["shown"]["sha256"],
        },
    )
    hashes = signed_hashes(said)
    if hashes and outside.files is not None:
        yield "files", {"count": len(hashes)}
    if said["media"]:
        arrived = file.arrived()
        count = sum(one["id"] in arrived for one in said["media"])
        yield "arrived", {"count": count, "all": len(said["media"])}


def _logged(file: File, log: Log, index: int, leaf: dict[str, Any]) -> Iterator[Line]:
    enrolled = log.enrolment(leaf["key_sha256"], index)
    if enrolled is not None:
        place, phone = enrolled
        facts = {"device": phone["device"], "user": phone["user"], "place": place + 1}
        at = phone["enrolled_at"]
        yield ("enrolled", {**facts, "at": at}) if at else ("known", facts)
    came = leaf["received_at"]
    device = {"device": leaf["device"]}
    yield ("received", {**device, "at": came}) if came else ("brought", device)
    if log.state is not None:
        origin, size, _ = log.state
        yield "logged", {"place": index + 1, "size": size, "origin": origin, "at": leaf["at"]}
    n = leaf["chain"]["n"]
    yield "history", {"n": n, "later": len(file.hashes) - n}


def _clock(time: dict[str, Any]) -> Line:
    if time["offset_ms"] is None or time["error_ms"] is None:
        return "clock_unmeasured", {"wall": time["wall"]}
    return "clock", {"wall": time["wall"], "offset": time["offset_ms"], "error": time["error_ms"]}


def _earliest(log: Log, index: int, said: dict[str, Any]) -> Line:
    named = said["checkpoint"]
    states = {(one["size"], one["root"]) for one in log.part["consistency"]}
    if named is None or (named["size"], named["root_sha256"]) not in states or named["size"] > index:
        return "no_earliest", {}
    for one in log.leaves:
        if one.said and one.place == named["size"] - 1:
            return "after", {"size": named["size"], "at": one.said["at"]}
    return "no_earliest", {}


def _proven_of_all(file: File, outside: Outside) -> Iterator[Line]:
    if file.said["scope"] == "work_order":
        gone = sum(one["payload"] is None for one in file.entries)
        yield "whole", {"count": len(file.entries), "gone": gone}
    else:
        yield "part", {"count": len(file.entries)}
    if outside.keys:
        yield "key_known", {}
    if outside.held:
        yield "held", {"count": len(outside.held)}


def _open_of_all(file: File, outside: Outside) -> Iterator[Line]:
    for log in file.logs:
        if not outside.keys and log.signed_by is not None:
            yield "key_unknown", {"key": log.signed_by.text()}
    if not outside.held:
        yield "one_log", {}
    if outside.files is None:
        yield "files_elsewhere", {}
