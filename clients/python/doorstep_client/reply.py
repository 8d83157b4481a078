"""One exchange, after its answer: results, changed aggregates, a new nonce, all in one local transaction."""

from __future__ import annotations

import msgspec

from doorstep_client import outbox, purge, replica, uploads
from doorstep_client.clock import Reading, milliseconds
from doorstep_client.exchange import DEFAULT_LIMITS, Exchange, Limits, is_revoked
from doorstep_client.identity import epoch, identity, schema
from doorstep_client.line import Token
from doorstep_client.replica import Unsound
from doorstep_client.store import Store
from doorstep_client.time_evidence import measure
from sync.wire import AggregateChange, PullReply, PushReply, SyncReply, manifest_digest


class Taken(msgspec.Struct, kw_only=True):
    """What one reply brought. Grows while the reply is being taken in."""

    results: int = 0
    """Operations whose result is new here."""
    swapped: list[str] = []
    """Aggregates that are at a new version."""
    staged: list[str] = []
    """Aggregates of which a page was laid aside."""
    left: list[str] = []
    """Aggregates that are gone from this phone."""
    faults: list[str] = []
    """What trying again did not cure, as sentences: to be shown and reported."""
    schema_wanted: bool = False
    """The server works by a newer schema: GET /v1/schema."""
    again: bool = False
    """Another exchange would bring more at once."""


decode_reply = msgspec.json.Decoder(SyncReply).decode
"""Parse a reply; raises `msgspec.DecodeError`."""


def take(
    store: Store,
    exchange: Exchange,
    reply: SyncReply,
    sent_at: Reading,
    received_at: Reading,
    limits: Limits = DEFAULT_LIMITS,
) -> Taken:
    """Take a reply in. Safe to repeat, and safe against replies that come late or twice: those only fill in results."""
    taken = Taken()
    with store.transaction():
        is_late = (store.get("answered", int) or 0) != exchange.answered
        is_sent_away = reply.push is not None and reply.push.quarantined is not None
        if is_late and (is_sent_away or reply.epoch != epoch(store)):
            return taken  # perhaps said before a restore, of which this phone has heard since
        if not is_sent_away and _is_new_epoch(store, reply):
            _begin_epoch(store, exchange, reply, received_at, taken)
            return taken
        now_ms = milliseconds(reply.server_time) if reply.server_time else received_at.wall_ms
        if reply.push is not None:
            _results(store, exchange, reply.push, now_ms, taken, is_late=is_late)
        if is_late:
            return taken
        _measure(store, reply, sent_at, received_at)
        _credentials(store, reply, received_at)
        if reply.epoch and not is_sent_away:
            store.put(epoch=reply.epoch)
        if reply.push is not None:
            _standing(store, exchange, reply, reply.push, now_ms, taken)
        if reply.pull is not None:
            _Puller(store, exchange, reply.epoch, taken).take(reply.pull)
        for aggregate in purge.erased_aggregates(store, taken.swapped):
            # Files go before the commit: after a crash the same reply comes again, and finds them gone.
            purge.delete(purge.purge(store, aggregate))
        taken.left += replica.drop_settled_shadows(store)
        outbox.forget_old(store, now_ms, limits.keep_acked_days)
        taken.schema_wanted = reply.schema > schema(store).version
        if outbox.pending_count(store) and (taken.results or not exchange.sent):
            taken.again = True
        store.put(answered=exchange.answered + 1, heard_ms=received_at.wall_ms, faults=[*taken.faults])
    return taken


def _results(
    store: Store, exchange: Exchange, push: PushReply, now_ms: int, taken: Taken, *, is_late: bool
) -> None:
    for result in push.results:
        taken.results += outbox.settle(store, exchange.device, result, now_ms, late=is_late)
    if not push.updates:
        return
    by_id, told = set(exchange.request.push.parked_ids), outbox.told_already(store)
    for result in push.updates:
        if msgspec.json.encode(result) in told:
            continue
        if result.id in by_id:
            taken.results += outbox.settle_by_id(store, result, now_ms, late=is_late)
        else:
            taken.results += outbox.settle(store, exchange.device, result, now_ms, late=is_late)


def _measure(store: Store, reply: SyncReply, sent_at: Reading, received_at: Reading) -> None:
    if not reply.server_time:
        return
    measured = measure(sent_at, received_at, milliseconds(reply.server_time))
    if measured is not None:
        store.put(measured=measured)
    store.put(server_time=reply.server_time)


def _credentials(store: Store, reply: SyncReply, received_at: Reading) -> None:
    if reply.nonce:
        store.put(nonce=reply.nonce)
    if reply.token:
        store.put(token=Token(reply.token, received_at))


def _is_new_epoch(store: Store, reply: SyncReply) -> bool:
    """Whether the server was restored since it was last heard."""
    return bool(reply.epoch and epoch(store)) and reply.epoch != epoch(store)


def _begin_epoch(
    store: Store, exchange: Exchange, reply: SyncReply, received_at: Reading, taken: Taken
) -> None:
    """The server was restored: all that it may lack is offered again, and nothing else of this reply is taken.

    Base and answers stay those of the epoch before until both come anew, at once: versions of two epochs do not
    compare, so that neither would tell whether the base holds an operation already.
    """
    _credentials(store, reply, received_at)
    store.put(epoch=reply.epoch, answered=exchange.answered + 1)
    replica.drop_staging(store)
    store.run("DELETE FROM snapshot")
    outbox.offer_all_again(store, identity(store).device)
    uploads.offer_again(store)
    taken.again = True


def _standing(
    store: Store, exchange: Exchange, reply: SyncReply, push: PushReply, now_ms: int, taken: Taken
) -> None:
    """What the server said about this device's numbering as a whole."""
    if push.fork is not None and push.fork != exchange.device:
        outbox.adopt_device(store, push.fork)
        store.put(token=None)
        taken.again = True
    elif push.need_from is not None:
        oldest = outbox.oldest_seq(store, exchange.device)
        if oldest is None or oldest > push.need_from:
            taken.faults.append(
                f"the server misses operations from {push.need_from} on, which are no longer here"
            )
        elif push.need_from not in exchange.sent:
            outbox.offer_again(store, exchange.device, push.need_from)
            taken.again = True
    if push.quarantined is not None:
        goes_on = _deposited(store, exchange, push.quarantined, reply.epoch, now_ms)
        has_more = outbox.pending_count(store) > 0
        taken.again = goes_on and has_more
        store.put(revoked=True)
        if not has_more:
            replica.wipe(store)
    elif is_revoked(store):
        store.put(revoked=False, deposited_in="")
        taken.again = True


def _deposited(store: Store, exchange: Exchange, seq: int, history: str, now_ms: int) -> bool:
    """Up to `seq` it lies in the quarantine of one history of the database; whether there is room for more.

    In another history than that of the last deposit, or of the base before the first, all is offered again that was
    acknowledged or deposited: the server was restored, and may lack it. The epoch of the base stays: who is taken back
    has yet to offer everything to the ledger.
    """
    if history and history != (store.get("deposited_in", str) or epoch(store)):
        store.put(deposited_in=history)
        outbox.offer_all_again(store, exchange.device)
        return True
    return outbox.deposit(store, exchange.device, seq, now_ms) > 0


class _Puller:
    """Takes the pull part of one reply in."""

    def __init__(self, store: Store, exchange: Exchange, epoch: str, taken: Taken) -> None:
        self._store = store
        self._epoch = epoch
        self._taken = taken
        asked = exchange.request.pull
        self._refetch = set(asked.refetch) if asked is not None else set()
        self._continued = set(asked.after) if asked is not None else set()

    def take(self, pull: PullReply) -> None:
        """Swap in what is complete, stage what is not, let go of what has left."""
        for change in pull.aggregates:
            self._one(change)
        replica.leave(self._store, pull.leave)
        if not (pull.send_manifest or pull.more):
            self._drop_unfinished(pull)
        self._store.put(manifest_wanted=pull.send_manifest)
        self._taken.again |= pull.send_manifest or pull.more or bool(self._taken.staged)
        if not (pull.send_manifest or pull.more or replica.paging(self._store) or self._snapshots()):
            self._complete(pull)

    def _drop_unfinished(self, pull: PullReply) -> None:
        """Pages of which the rest was asked for, and is not told of: they are not ours any more."""
        for id in self._continued - {change.id for change in pull.aggregates}:
            replica.drop_staging(self._store, id)

    def _one(self, change: AggregateChange) -> None:
        if change.snapshot is not None:
            self._store.run(
                "INSERT INTO snapshot (aggregate, address, ver) VALUES (?, ?, ?) ON CONFLICT (aggregate)"
                " DO UPDATE SET address = excluded.address, ver = excluded.ver",
                change.id,
                change.snapshot,
                change.ver,
            )
            return
        try:
            self._swap_or_stage(change)
        except Unsound as problem:
            self._unsound(change, str(problem))
        else:
            if not change.more:
                self._store.run("DELETE FROM refetch WHERE aggregate = ?", change.id)

    def _swap_or_stage(self, change: AggregateChange) -> None:
        if change.id not in self._continued:
            replica.drop_staging(self._store, change.id)
        here = replica.standing(self._store, change.id)
        is_other = here is None or here.shadow or here.epoch != self._epoch
        whole = change.whole or is_other or change.id in self._refetch
        paged_whole = replica.is_paged_whole(self._store, change.id)
        if change.more:
            replica.stage(self._store, change, whole=whole if paged_whole is None else paged_whole)
            self._taken.staged.append(change.id)
            return
        replica.swap_in(self._store, change, self._epoch, whole=whole if paged_whole is None else paged_whole)
        if is_other:
            outbox.show_by_answers(self._store, change.id)
        self._taken.swapped.append(change.id)

    def _unsound(self, change: AggregateChange, sentence: str) -> None:
        """Fetch it anew, once per version; a second time it is told to a person, and what is here stays."""
        replica.drop_staging(self._store, change.id)
        told = self._store.one(
            "SELECT 1 FROM refetch WHERE aggregate = ? AND failed_ver >= ?", change.id, change.ver
        )
        has_failed = change.id in self._refetch or told is not None
        self._store.run(
            "INSERT INTO refetch (aggregate, failed_ver) VALUES (?, ?)"
            " ON CONFLICT (aggregate) DO UPDATE SET failed_ver = excluded.failed_ver",
            change.id,
            change.ver if has_failed else None,
        )
        if has_failed:
            self._taken.faults.append(sentence)
        else:
            self._taken.again = True

    def _complete(self, pull: PullReply) -> None:
        """Everything of ours has been told: what was not mentioned is no longer ours."""
        store = self._store
        replica.leave_other_epochs(store, self._epoch)
        for id in self._refetch - {change.id for change in pull.aggregates}:
            store.run("DELETE FROM refetch WHERE aggregate = ?", id)
        store.run(
            "UPDATE outbox SET shown_until = 0 WHERE shown_until > 0"
            " AND aggregate NOT IN (SELECT id FROM aggregate) AND aggregate NOT IN (SELECT aggregate FROM refetch)"
        )
        if store.one("SELECT 1 FROM refetch") is not None or not pull.digest:
            return
        if pull.digest != manifest_digest(replica.manifest(store, self._epoch)):
            store.put(manifest_wanted=True)
            self._taken.faults.append("the versions here do not add up to the server's manifest digest")

    def _snapshots(self) -> bool:
        return self._store.one("SELECT 1 FROM snapshot") is not None
