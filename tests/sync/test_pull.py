"""The read door: what changed, atomically per aggregate, and nothing outside the entitlement."""

from __future__ import annotations

import msgspec

from sync.engine import Draft
from sync.pull import Limits, pull
from sync.record import decode_record, digest_hex, digest_term
from sync.wire import Pull, PullReply, manifest_digest
from tests.sync.conftest import Bench
from tests.sync.toy import DESK, EPOCH, raw


def pulled(bench: Bench, user: str, manifest: dict[str, int] | None = None, **more: object) -> PullReply:
    """The reply, decoded as a client would."""
    epoch = more.pop("epoch", EPOCH)
    request = Pull(manifest={} if manifest is None else manifest, **more)  # type: ignore[arg-type]
    answer = bench.engine.pull(user, request, epoch=str(epoch), schema=2)
    return msgspec.json.decode(b"".join(answer.chunks), type=PullReply)


def test_a_first_pull_brings_everything_entitled_and_its_digest(bench: Bench):
    bench.desk({"number": "other"}, record="j2", aggregate="job/j2", action="create")
    reply = pulled(bench, "alice")
    (job,) = reply.aggregates
    assert (job.id, job.ver, job.whole) == ("job/j1", 1, True)
    (record,) = [decode_record(bytes(body)) for body in job.records]
    assert record.fields["number"] == "SO-1"
    assert job.digest == digest_hex(digest_term("job", "j1", 1))
    assert reply.digest == manifest_digest({"job/j1": 1})
    assert pulled(bench, "bob").aggregates == []


def test_nothing_new_is_said_in_one_word(bench: Bench):
    digest = manifest_digest({"job/j1": 1})
    assert pulled(bench, "alice", {"job/j1": 1}).unchanged
    answer = bench.engine.pull("alice", Pull(digest=digest), epoch=EPOCH, schema=2)
    assert msgspec.json.decode(answer.chunks[0], type=PullReply).unchanged
    stale = bench.engine.pull("alice", Pull(digest="00"), epoch=EPOCH, schema=2)
    assert msgspec.json.decode(stale.chunks[0], type=PullReply).send_manifest


def test_only_changed_records_follow(bench: Bench):
    bench.engine.push(
        "phone-a", [raw("phone-a", 1, {"job": "j1"}, entity="line", record="l1", action="create", base=1)]
    )
    bench.desk({"hint": "x"}, base_ver=2)
    (job,) = pulled(bench, "alice", {"job/j1": 2}).aggregates
    assert [decode_record(bytes(body)).entity for body in job.records] == ["job"]
    assert not job.whole and job.ver == 3


def test_a_lost_right_leaves_and_sends_nothing(bench: Bench):
    bench.desk({"assignee": "bob"}, base_ver=1)
    reply = pulled(bench, "alice", {"job/j1": 1})
    assert reply.leave == ["job/j1"] and reply.aggregates == []
    assert [one.id for one in pulled(bench, "bob").aggregates] == ["job/j1"]


def test_another_epoch_a_version_ahead_or_a_mismatch_brings_the_aggregate_anew(bench: Bench):
    for reply in (
        pulled(bench, "alice", {"job/j1": 1}, epoch="before-the-restore"),
        pulled(bench, "alice", {"job/j1": 7}),
        pulled(bench, "alice", {"job/j1": 1}, refetch=["job/j1"]),
    ):
        assert [(one.id, one.whole) for one in reply.aggregates] == [("job/j1", True)]


def test_a_large_aggregate_comes_in_pages_that_miss_nothing(bench: Bench):
    lines = [
        raw("phone-a", seq, {"job": "j1"}, entity="line", record=f"l{seq:02}", action="create", base=1)
        for seq in range(1, 26)
    ]
    bench.engine.push("phone-a", lines)
    seen: set[str] = set()
    after: dict[str, tuple[int, str]] = {}
    for _ in range(10):
        with bench.store.snapshot() as snapshot:
            answer = pull(
                snapshot,
                "alice",
                Pull(manifest={}, after=after),
                same_epoch=True,
                limits=Limits(page_records=10),
            )
        (page,) = msgspec.json.decode(b"".join(answer.chunks), type=PullReply).aggregates
        seen |= {decode_record(bytes(body)).id for body in page.records}
        if not page.more:
            break
        assert page.after is not None
        after = {"job/j1": page.after}
    assert len(seen) == 26


def test_a_reply_over_its_size_leaves_the_rest_for_the_next(bench: Bench):
    for place in range(4):
        bench.desk(
            {"number": "n" * 400, "assignee": "alice"},
            record=f"k{place}",
            aggregate=f"job/k{place}",
            action="create",
        )
    manifest: dict[str, int] = {}
    for _ in range(6):
        with bench.store.snapshot() as snapshot:
            answer = pull(
                snapshot, "alice", Pull(manifest=manifest), same_epoch=True, limits=Limits(reply_bytes=500)
            )
        reply = msgspec.json.decode(b"".join(answer.chunks), type=PullReply)
        manifest |= {one.id: one.ver for one in reply.aggregates}
        if not reply.more:
            break
    assert manifest_digest(manifest) == reply.digest and len(manifest) == 5


def test_records_that_share_version_and_id_are_never_torn_apart_by_a_page(bench: Bench):
    drafts = [
        Draft(
            id=f"t{n}", entity="line", record=f"l{n}", aggregate="job/j1", action="create", set={"job": "j1"}
        )
        for n in range(4)
    ]
    twin = Draft(id="t9", entity="job", record="l1", aggregate="job/j1", action="create", set={"number": "x"})
    bench.engine.write(DESK, [*drafts, twin])
    with bench.store.snapshot() as snapshot:
        request = Pull(manifest={"job/j1": 1}, after={"job/j1": (1, "~")})
        answer = pull(snapshot, "alice", request, same_epoch=True, limits=Limits(page_records=3))
    (page,) = msgspec.json.decode(b"".join(answer.chunks), type=PullReply).aggregates
    ids = [decode_record(bytes(body)).id for body in page.records]
    assert ids == ["j1", "l0", "l1", "l1"] and page.after == (2, "l1")
