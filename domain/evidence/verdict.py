"""What a file proves, what it does not, and what in it does not hold."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from domain.evidence.case import Arithmetic, Case, Logged, Outside, signed_hashes, statement_of
from domain.evidence.checks import CHECKS, Fault
from domain.evidence.leaf import SignOffLeaf
from domain.evidence.package import Unreadable, decode_package
from domain.sign_off import Statement
from domain.verification import VERIFIED
from sync.audit import Change


class Line(msgspec.Struct, frozen=True):
    """One sentence: a key of `sentences.LINES`, and what it names."""

    code: str
    facts: dict[str, str | int] = {}


class OneSignOff(msgspec.Struct, frozen=True, kw_only=True):
    """About one sign-off."""

    sign_off: str
    status: str
    """`proven`, `erased`, or `not_proven`."""
    proven: tuple[Line, ...]
    not_proven: tuple[Line, ...]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """About the whole file. With faults nothing else is said: what is not whole proves nothing."""

    faults: tuple[Fault, ...] = ()
    sign_offs: tuple[OneSignOff, ...] = ()
    proven: tuple[Line, ...] = ()
    not_proven: tuple[Line, ...] = ()

    def holds(self) -> bool:
        """Whether nothing was changed, and each sign-off is proven, as far as it was not erased."""
        return not self.faults and all(one.status != "not_proven" for one in self.sign_offs)


def judge(data: bytes, arithmetic: Arithmetic, outside: Outside) -> Verdict:
    """Judge the bytes of a file. Whatever they are, this raises nothing."""
    try:
        package = decode_package(data)
    except Unreadable:
        return Verdict(faults=(Fault("unreadable"),))
    case = Case(package, arithmetic, outside)
    faults = tuple(fault for check in CHECKS.values() for fault in check(case))
    if faults:
        return Verdict(faults=faults)
    last = {one.leaf.sign_off: one for one in case.logged()}
    return Verdict(
        sign_offs=tuple(_about(case, one) for one in last.values()),
        proven=tuple(_proven_of_all(case)),
        not_proven=tuple(_open_of_all(case)),
    )


def _about(case: Case, logged: Logged) -> OneSignOff:
    leaf = logged.leaf
    made = case.creations().get(leaf.sign_off)
    statement = statement_of(made[1]) if made else None
    is_verified = leaf.result == VERIFIED
    proven: list[Line] = []
    open: list[Line] = []
    if made is None:
        status = "erased"
        open.append(Line("erased"))
    elif is_verified and statement is not None:
        status = "proven"
        proven += _signed(case, logged, made[1], statement)
        open += _clock(statement)
    else:
        status = "not_proven"
    if not is_verified:
        open.insert(0, Line("not_verified", {"reason": leaf.reason or ""}))
    proven += _logged(case, logged)
    if is_verified and statement is not None:
        earliest = _earliest(logged, statement)
        (proven if earliest.code == "after" else open).append(earliest)
    return OneSignOff(
        sign_off=leaf.sign_off, status=status, proven=tuple(proven), not_proven=(*open, Line("who"))
    )


def _signed(case: Case, logged: Logged, change: Change, statement: Statement) -> Iterator[Line]:
    leaf = logged.leaf
    yield Line(
        "signed",
        {
            "device": leaf.signed_as or leaf.device,
            "key": leaf.key_sha256 or "",
            "outcome": statement.outcome,
            "document": statement.shown.sha256,
        },
    )
    hashes = signed_hashes(statement)
    if hashes and case.outside.files is not None:
        yield Line("files", {"count": len(hashes)})
    if statement.media:
        arrived = case.arrived()
        count = sum(one.id in arrived for one in statement.media)
        yield Line("arrived", {"count": count, "all": len(statement.media)})


def _logged(case: Case, logged: Logged) -> Iterator[Line]:
    leaf, state = logged.leaf, logged.log.checkpoint
    enrolled = logged.log.enrolment(leaf.key_sha256, logged.index)
    if enrolled is not None:
        place, phone = enrolled
        facts: dict[str, str | int] = {"device": phone.device, "user": phone.user, "place": place + 1}
        yield (
            Line("enrolled", facts | {"at": phone.enrolled_at}) if phone.enrolled_at else Line("known", facts)
        )
    yield _received(leaf)
    if state is not None:
        facts = {"place": logged.index + 1, "size": state.size, "origin": state.origin, "at": leaf.at}
        yield Line("logged", facts)
    yield Line("history", {"n": leaf.chain.n, "later": len(case.hashes) - leaf.chain.n})


def _received(leaf: SignOffLeaf) -> Line:
    facts: dict[str, str | int] = {"device": leaf.device}
    return Line("received", facts | {"at": leaf.received_at}) if leaf.received_at else Line("brought", facts)


def _clock(statement: Statement) -> Iterator[Line]:
    time = statement.time
    if time.offset_ms is None or time.error_ms is None:
        yield Line("clock_unmeasured", {"wall": time.wall})
    else:
        yield Line("clock", {"wall": time.wall, "offset": time.offset_ms, "error": time.error_ms})


def _earliest(logged: Logged, statement: Statement) -> Line:
    """After which entry of the log it was signed, where the phone named a state that the log is known to have had."""
    named = statement.checkpoint
    states = {(one.size, one.root) for one in logged.log.part.consistency}
    if named is None or (named.size, named.root_sha256) not in states or named.size > logged.index:
        return Line("no_earliest")
    before = next((leaf for proven, leaf in logged.log.leaves if proven.index == named.size - 1), None)
    return Line("after", {"size": named.size, "at": before.at}) if before else Line("no_earliest")


def _proven_of_all(case: Case) -> Iterator[Line]:
    gone = sum(one.payload is None for one in case.package.chain.entries)
    count = len(case.package.chain.entries)
    if case.package.scope == "work_order":
        yield Line("whole", {"count": count, "gone": gone})
    else:
        yield Line("part", {"count": count})
    if case.outside.keys:
        yield Line("key_known")
    if case.outside.held:
        yield Line("held", {"count": len(case.outside.held)})


def _open_of_all(case: Case) -> Iterator[Line]:
    for log in case.logs:
        if not case.outside.keys and log.signed_by is not None:
            yield Line("key_unknown", {"key": log.signed_by.encoded()})
    if not case.outside.held:
        yield Line("one_log")
    if case.outside.files is None:
        yield Line("files_elsewhere")
