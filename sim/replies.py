"""Every answer to a phone, looked at before it leaves: nothing outside the right (5, 12), nothing skipped (2)."""

from __future__ import annotations

import msgspec

from sim.books import Books
from sim.model import Json
from sim.rights import may_hold
from sim.violation import Violation, hold
from tests.stranger.digest import manifest_digest


def check_withdrawn(books: Books, device: str, reply: Json) -> None:
    """A phone that may not take part hears up to where its work lies, in which history, and nothing else (12)."""
    said = {name for name, value in reply.items() if value} - {"protocol", "server_time"}
    is_plain = said == {"epoch", "push"} and set(reply["push"]) == {"quarantined"}
    hold(is_plain, 12, f"{device} is told {sorted(said)}")
    hold(reply["epoch"] == books.model.epoch, 1, f"{device} is told of {reply['epoch']}")


def check(
    books: Books, device: str, user: str, request: Json, reply: Json, schema: int, settled: set[str]
) -> None:
    """The answer to a phone in good standing; raises `Violation`. `settled`: ids of what was parked until now."""
    pull, asked = reply.get("pull"), request.get("pull")
    _check_results(books, device, reply.get("push") or {}, settled)
    if pull is None or asked is None:
        hold(pull is None and asked is None, 5, f"{device} is answered what it did not ask, or not answered")
        return
    held = books.held(user)
    digest = manifest_digest(held)
    hold(
        pull.get("digest", digest) == digest, 2, f"{user} is told another digest than that of what they hold"
    )
    same_epoch = request.get("epoch", "") == books.model.epoch
    if asked.get("manifest") is None:
        if pull.get("unchanged"):
            hold(asked.get("digest") == digest and same_epoch, 2, f"{user} is told that nothing is new")
        return
    for id in pull.get("leave", []):
        hold(id not in held, 6, f"{user} is told to leave {id}, which is theirs")
    mentioned = set()
    for change in pull.get("aggregates", []):
        id = change["id"]
        mentioned.add(id)
        hold(id in held, 5, f"{user} is sent {id} without a right to it")
        hold(may_hold(books, user, id), 5, f"{user} is sent {id}, and nothing gives them a reason to see it")
        _check_change(books, asked, change, same_epoch, lesser=request["schema"] < schema)
    if not pull.get("more"):
        have = asked["manifest"]
        for id, ver in held.items():
            behind = not same_epoch or have.get(id) != ver or id in asked.get("refetch", [])
            hold(
                not behind or id in mentioned,
                2,
                f"{user} has {id} at {have.get(id)}, and is not told of {ver}",
            )
        stray = set(have) - set(held) - set(pull.get("leave", []))
        hold(not stray, 5, f"{user} keeps {sorted(stray)} without a right to it")


def _check_change(books: Books, asked: Json, change: Json, same_epoch: bool, *, lesser: bool) -> None:
    id, ver = change["id"], change["ver"]
    hold(ver == books.versions.get(id, 0), 3, f"{id} is sent at {ver} and stands at {books.versions.get(id)}")
    have = asked["manifest"].get(id)
    whole = have is None or not same_epoch or id in asked.get("refetch", []) or have > ver
    hold(
        bool(change.get("whole")) == whole, 3, f"{id} is sent whole: {change.get('whole')}; asked from {have}"
    )
    after = tuple(asked.get("after", {}).get(id, (0, "")))
    if after[0] > ver:
        after = (0, "")
    since = 0 if whole else have
    records = books.model.records
    expected = {
        key
        for key in books.states.get(id, {}).get(ver, {})
        if records[key]["ver"] > since and (records[key]["ver"], key[1]) > after
    }
    sent = {(record["entity"], record["id"]): record for record in change.get("records", [])}
    strangers = sent.keys() - expected
    hold(not strangers, 5, f"{id} is sent with {sorted(strangers)}, which are not due")
    if not change.get("more"):
        skipped = expected - sent.keys()
        hold(not skipped, 2, f"{id} at {ver}, asked from {have}, skips {sorted(skipped)}")
    if not lesser:
        for key, record in sent.items():
            hold(record == records[key], 3, f"{key} is not sent as it was committed")


def _check_results(books: Books, device: str, push: Json, settled: set[str]) -> None:
    for result in push.get("results", []):
        line = books.ledger.get((device, result["seq"]))
        hold(line is not None, 1, f"{device} is told of number {result['seq']}, which is not in the ledger")
        assert line is not None
        # A batch that was split at a fault may have settled in its second half what it parked in its first.
        was_parked = result["status"] == "parked" and result["id"] in settled
        is_kept = was_parked or msgspec.json.decode(line.result) == result
        if not is_kept:
            raise Violation(1, f"{device} is told {result} of {line.id}, and {line.result!r} is kept")
    for result in push.get("updates", []):
        # Asked by number, or by id where an earlier id of this phone, or its copy, was the first to send it.
        lines = [books.ledger.get((device, result["seq"])), books.by_id.get(result["id"])]
        kept = [
            msgspec.json.decode(line.result) for line in lines if line is not None and line.id == result["id"]
        ]
        if result not in kept:
            raise Violation(1, f"{device} is told {result} now, and {kept} is kept")
