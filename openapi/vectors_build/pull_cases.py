"""pull.json: what a server holds, what a phone says, what it is answered (section 8)."""

from __future__ import annotations

from typing import Any

from openapi.vectors_build.form import digest_hex, digest_term, manifest_digest, record
from openapi.vectors_build.world import EPOCH, OLD_EPOCH, Json

_J1 = record({"number": "SO-1"}, {}, ver=3)
_L1 = record({"job": "j1", "text": "a"}, {}, ver=1, entity="line", id="l1")
_L2 = record({"job": "j1", "text": "b"}, {}, ver=2, entity="line", id="l2")
_DEAD = record(
    {"job": "j1"}, {"_deleted": (3, "desk-li", 5, "dispatcher")}, ver=3, entity="line", id="l3", deleted=True
)
_J2 = record({"number": "SO-2"}, {}, ver=1, id="j2", aggregate="job/j2")
_J3 = record({"number": "SO-3"}, {}, ver=1, id="j3", aggregate="job/j3")
_FIRST = [_J1, _L1, _L2, _DEAD]
_D1 = digest_hex([digest_term("job", "j1", 3), digest_term("line", "l1", 1), digest_term("line", "l2", 2)])
_TWIN = record({"job": "j1", "text": "c"}, {}, ver=3, entity="line", id="j1")
_D1_TWINS = digest_hex(
    [
        digest_term("job", "j1", 3),
        digest_term("line", "j1", 3),
        digest_term("line", "l1", 1),
        digest_term("line", "l2", 2),
    ]
)
_TWINS_SEEN = {"job/j1": 3}
_D2 = digest_hex([digest_term("job", "j2", 1)])
_BOTH = {"job/j1": 3, "job/j2": 1}
"""What alice may see; job/j3 is bob's."""


def _server(**more: Any) -> Json:
    return {
        "epoch": EPOCH,
        "aggregates": {
            "job/j1": {"ver": 3, "tomb_floor": 0, "records": _FIRST},
            "job/j2": {"ver": 1, "tomb_floor": 0, "records": [_J2]},
            "job/j3": {"ver": 1, "tomb_floor": 0, "records": [_J3]},
        },
        "entitled": ["job/j1", "job/j2"],
        **more,
    }


def _change(id: str, ver: int, digest: str, records: list[Json], **more: Any) -> Json:
    made: Json = {"id": id, "ver": ver, "digest": digest, **more}
    return {**made, "records": records} if records else made


def _reply(aggregates: list[Json], entitled: dict[str, int] | None = None, **more: Any) -> Json:
    made: Json = {"digest": manifest_digest(_BOTH if entitled is None else entitled), **more}
    return {**made, "aggregates": aggregates} if aggregates else made


def _case(name: str, request: Json, reply: Json, *, epoch: str = EPOCH, server: Json | None = None) -> Json:
    return {"name": name, "server": server or _server(), "epoch": epoch, "request": request, "expect": reply}


_IN_ORDER = [_L1, _L2, _J1, _DEAD]
"""By (ver, record id)."""
_J1_WHOLE = _change("job/j1", 3, _D1, _IN_ORDER, whole=True)
_J2_WHOLE = _change("job/j2", 1, _D2, [_J2], whole=True)


def cases() -> list[Json]:
    """All of them."""
    floor = _server()
    floor["aggregates"]["job/j1"]["tomb_floor"] = 2
    nothing = _server(entitled=[])
    paged = _server(limits={"page_records": 2})
    small = _server(limits={"reply_bytes": 1})
    twins = _server(limits={"page_records": 1}, entitled=["job/j1"])
    twins["aggregates"]["job/j1"]["records"] = [*_FIRST, _TWIN]
    bare = _server(entitled=["job/j1", "job/j2", "self/alice"])
    bare["aggregates"]["self/alice"] = {"ver": 0, "tomb_floor": 0, "records": []}
    kept = _server(snapshots={"job/j1": {"address": "/v1/snapshots/abc", "ver": 2}})
    return [
        _case("nothing held: everything, whole", {"manifest": {}}, _reply([_J1_WHOLE, _J2_WHOLE])),
        _case("all held: nothing", {"manifest": _BOTH}, _reply([], unchanged=True)),
        _case("an equal digest", {"digest": manifest_digest(_BOTH)}, _reply([], unchanged=True)),
        _case("another digest", {"digest": manifest_digest({})}, _reply([], send_manifest=True)),
        _case("neither digest nor manifest", {}, _reply([], send_manifest=True)),
        _case(
            "an equal digest from another epoch",
            {"digest": manifest_digest(_BOTH)},
            _reply([], send_manifest=True),
            epoch=OLD_EPOCH,
        ),
        _case(
            "one version behind: what changed, the tombstone too",
            {"manifest": {"job/j1": 2, "job/j2": 1}},
            _reply([_change("job/j1", 3, _D1, [_J1, _DEAD])]),
        ),
        _case(
            "two versions behind",
            {"manifest": {"job/j1": 1, "job/j2": 1}},
            _reply([_change("job/j1", 3, _D1, [_L2, _J1, _DEAD])]),
        ),
        _case("one aggregate is new", {"manifest": {"job/j1": 3}}, _reply([_J2_WHOLE])),
        _case("a version ahead of the server", {"manifest": {"job/j1": 9, "job/j2": 1}}, _reply([_J1_WHOLE])),
        _case(
            "another epoch: everything anew",
            {"manifest": _BOTH},
            _reply([_J1_WHOLE, _J2_WHOLE]),
            epoch=OLD_EPOCH,
        ),
        _case(
            "a digest that did not match: that aggregate anew",
            {"manifest": _BOTH, "refetch": ["job/j1"]},
            _reply([_J1_WHOLE]),
        ),
        _case(
            "below the tombstone floor: that aggregate anew",
            {"manifest": {"job/j1": 1, "job/j2": 1}},
            _reply([_J1_WHOLE]),
            server=floor,
        ),
        _case(
            "at the tombstone floor: what changed",
            {"manifest": {"job/j1": 2, "job/j2": 1}},
            _reply([_change("job/j1", 3, _D1, [_J1, _DEAD])]),
            server=floor,
        ),
        _case(
            "an aggregate that is not held any more leaves",
            {"manifest": {**_BOTH, "job/j3": 1}},
            _reply([], leave=["job/j3"]),
        ),
        _case(
            "no right at all: everything leaves",
            {"manifest": _BOTH},
            _reply([], {}, leave=["job/j1", "job/j2"]),
            server=nothing,
        ),
        _case(
            "no right at all, nothing held", {"manifest": {}}, _reply([], {}, unchanged=True), server=nothing
        ),
        _case(
            "somebody else's aggregate is not sent when asked for",
            {"manifest": _BOTH, "refetch": ["job/j3"], "after": {"job/j3": [0, ""]}},
            _reply([], unchanged=True),
        ),
        _case(
            "a large aggregate: the first page",
            {"manifest": {"job/j2": 1}},
            _reply([_change("job/j1", 3, _D1, [_L1, _L2], whole=True, more=True, after=[2, "l2"])]),
            server=paged,
        ),
        _case(
            "a large aggregate: the last page",
            {"manifest": {"job/j2": 1}, "after": {"job/j1": [2, "l2"]}},
            _reply([_change("job/j1", 3, _D1, [_J1, _DEAD], whole=True)]),
            server=paged,
        ),
        _case(
            "a large aggregate: nothing after the last record",
            {"manifest": {"job/j2": 1}, "after": {"job/j1": [3, "l3"]}},
            _reply([_change("job/j1", 3, _D1, [], whole=True)]),
            server=paged,
        ),
        _case(
            "a page from the middle of one version",
            {"manifest": {"job/j2": 1}, "after": {"job/j1": [3, "j1"]}},
            _reply([_change("job/j1", 3, _D1, [_DEAD], whole=True)]),
            server=paged,
        ),
        _case(
            "a page never ends between records of one version and id",
            {"manifest": {"job/j1": 2}},
            _reply([_change("job/j1", 3, _D1_TWINS, [_J1, _TWIN], more=True, after=[3, "j1"])], _TWINS_SEEN),
            server=twins,
        ),
        _case(
            "the page after records of one version and id",
            {"manifest": {"job/j1": 2}, "after": {"job/j1": [3, "j1"]}},
            _reply([_change("job/j1", 3, _D1_TWINS, [_DEAD])], _TWINS_SEEN),
            server=twins,
        ),
        _case(
            "a refetch is asked for again with its next page",
            {"manifest": _BOTH, "refetch": ["job/j1"], "after": {"job/j1": [2, "l2"]}},
            _reply([_change("job/j1", 3, _D1, [_J1, _DEAD], whole=True)]),
            server=paged,
        ),
        _case(
            "a refetch that is not asked for again is over",
            {"manifest": _BOTH, "after": {"job/j1": [2, "l2"]}},
            _reply([], unchanged=True),
            server=paged,
        ),
        _case(
            "a staged aggregate that is not the user's any more is not mentioned",
            {"manifest": {"job/j2": 1}, "after": {"job/j3": [1, "j3"]}},
            _reply([_J1_WHOLE]),
        ),
        _case(
            "an aggregate without records comes whole, with version 0",
            {"manifest": _BOTH},
            _reply([_change("self/alice", 0, "0" * 64, [], whole=True)], {**_BOTH, "self/alice": 0}),
            server=bare,
        ),
        _case(
            "a page of a version that no longer is: from the beginning",
            {"manifest": {"job/j2": 1}, "after": {"job/j1": [9, "l9"]}},
            _reply([_change("job/j1", 3, _D1, [_L1, _L2], whole=True, more=True, after=[2, "l2"])]),
            server=paged,
        ),
        _case(
            "a full reply leaves the rest for the next",
            {"manifest": {}},
            _reply([_J1_WHOLE], more=True),
            server=small,
        ),
        _case(
            "a first load that is kept as a snapshot",
            {"manifest": {"job/j2": 1}},
            _reply(
                [
                    _change(
                        "job/j1",
                        2,
                        _D1,
                        [],
                        whole=True,
                        more=True,
                        after=[2, "~"],
                        snapshot="/v1/snapshots/abc",
                    )
                ]
            ),
            server=kept,
        ),
        _case(
            "what came after the snapshot",
            {"manifest": {"job/j2": 1}, "after": {"job/j1": [2, "~"]}},
            _reply([_change("job/j1", 3, _D1, [_J1, _DEAD], whole=True)]),
            server=kept,
        ),
    ]
