"""All mutations, by invariant. Each is a slip that a hurried hand makes."""

from __future__ import annotations

from tests.mutants.mutation import Mutation

CLIENT = "clients/python/doorstep_client"

_SOMEWHERE = "test_at_every_step_each_operation_waits_on_its_phone_or_stands_in_the_ledger"
_COPIES_LOSE = "test_two_copies_of_one_phone_lose_nothing"
_EVERY_VERSION = "test_every_version_was_made_by_one_commit_and_none_is_missing"
_READER = "test_a_reader_that_pulls_at_any_moment_holds_every_committed_change"
_INTERLEAVED = "test_connections_that_interleave_skip_and_lose_nothing"
_BASE_AND_VIEW = "test_at_every_step_the_base_is_committed_and_each_effect_shows_once"
_PREFIXES = "test_replayed_prefixes_change_nothing"
_ONCE = "test_an_operation_takes_effect_once_under_all_numbers_that_it_ever_had"
_DESK_TWICE = "test_a_desk_that_asks_twice_writes_once"
_NO_WORD = "test_no_reply_holds_a_word_of_a_job_that_is_somebody_elses"
_LEFT = "test_what_has_left_is_gone_and_what_is_unsent_stays"
_SHADOW = "test_a_job_lost_with_work_still_waiting_is_read_only_until_the_work_is_sent"
_ITS_PART = "test_after_any_day_every_phone_holds_exactly_its_part"
_POLLS = "test_whoever_polls_by_the_change_count_misses_nothing"
_RESTORED = "test_after_a_restored_backup_too"
_OVERWRITTEN = "test_no_value_that_was_overwritten_unseen_is_lost"
_AUDITED = "test_every_operation_has_an_audit_entry_with_what_it_replaced"
_STATES = "test_states_move_only_as_the_table_says"
_IMMUTABLE = "test_what_cannot_change_once_it_is_said_never_does"
_CHAIN = "test_the_audit_chain_only_grows_and_anyone_can_replay_it"
_SIGNED = "test_a_signature_and_what_it_signed_outlive_every_edit_and_decision"
_NEIGHBOURS = "test_whatever_else_was_in_the_batch_takes_effect"
_RELEASED = "test_what_waited_and_fails_when_it_is_released_spoils_nothing"
_LATE = "test_a_reply_that_comes_late_brings_nothing_back"
_LATE_LEAVE = "test_a_leave_that_comes_late_takes_nothing_away"
_FOLLOWS = "test_a_version_holds_a_change_with_all_that_follows_from_it"
_PARKED = "test_what_was_parked_never_replaces_what_came_after_it"
_GAP = "test_a_server_that_lost_the_middle_gets_it_back_in_bounded_rounds"
_DRAIN = "test_once_the_faults_stop_outboxes_drain_in_bounded_rounds"
_OFFSET = "test_an_acknowledged_offset_never_decreases_whatever_is_cut"
_DECLARED = "test_other_bytes_than_those_declared_are_never_stored"
_OUTLIVES = "test_a_stored_file_outlives_every_sweep_and_every_other_upload"
_TOLD_NOTHING = "test_a_revoked_phone_is_told_nothing_on_any_route"
_NEVER_ENTERS = "test_work_of_a_revoked_phone_never_enters_by_the_engine_either"
_CLOCKS = "test_wrong_clocks_change_nothing_but_the_evidence"
_OWN_TIMES = "test_the_servers_times_are_its_own"

MUTATIONS = [
    # 1. Every operation is in exactly one place.
    Mutation(
        name="receipts are dropped",
        invariant=1,
        file="sync/push.py",
        old="            work.receipts.append(stored)\n",
        new="",
        test=_SOMEWHERE,
    ),
    Mutation(
        name="a parked operation's payload is not kept",
        invariant=1,
        file="sync/apply.py",
        old="        payload=raw,\n",
        new='        payload=b"" if result.status == "parked" else raw,\n',
        test=_SOMEWHERE,
    ),
    Mutation(
        name="a parked operation keeps no reason",
        invariant=1,
        file="sync/apply.py",
        old="        reason=result.reason,\n",
        new='        reason="",\n',
        test=_SOMEWHERE,
    ),
    Mutation(
        name="the outbox drops an operation when it is sent",
        invariant=1,
        file=f"{CLIENT}/phone.py",
        old="        answer = self._line.sync(exchange.body)\n",
        new="        self.store.run(\"DELETE FROM outbox WHERE state = 'pending'\")\n"
        "        answer = self._line.sync(exchange.body)\n",
        test=_SOMEWHERE,
    ),
    Mutation(
        name="a fork leaves all pending operations but the first behind",
        invariant=1,
        file=f"{CLIENT}/outbox.py",
        old="    for seq, (position, payload) in enumerate(rows, start=1):\n",
        new="    rows = rows[:1]\n    for seq, (position, payload) in enumerate(rows, start=1):\n",
        test=_COPIES_LOSE,
    ),
    # 2. Versions are dense and commit-ordered; no reader skips.
    Mutation(
        name="the version is bumped twice",
        invariant=2,
        file="sync/work.py",
        old="        return row.ver + 1 if aggregate in self._bumped else row.ver\n",
        new="        return row.ver + 2 if aggregate in self._bumped else row.ver\n",
        test=_EVERY_VERSION,
    ),
    Mutation(
        name="the version is not bumped",
        invariant=2,
        file="sync/work.py",
        old="        self._bumped.add(record.aggregate)\n",
        new="",
        test=_EVERY_VERSION,
    ),
    Mutation(
        name="the next page leaves out what shares the last one's version",
        invariant=2,
        file="sync/memory.py",
        old="if (ver, id) > after]",
        new="if ver > after[0]]",
        test=_READER,
    ),
    Mutation(
        name="pages come in the order of ids",
        invariant=2,
        file="server/db/sqlite_sql.py",
        old="(ver, id) > (?, ?) ORDER BY ver, id, entity LIMIT ?",
        new="(ver, id) > (?, ?) ORDER BY id, entity LIMIT ?",
        test=_READER,
        on="sqlite",
    ),
    Mutation(
        name="the pull begins one version too late",
        invariant=2,
        file="server/db/sqlite_sql.py",
        old="WHERE aggregate = ? AND ver > ? ORDER BY ver, id, entity",
        new="WHERE aggregate = ? AND ver > ? + 1 ORDER BY ver, id, entity",
        test=_READER,
        on="sqlite",
    ),
    Mutation(
        name="aggregates are read without a lock",
        invariant=2,
        file="server/db/postgres_sql.py",
        old='"SELECT id FROM aggregate WHERE id = ANY(%b::text[]) ORDER BY id FOR UPDATE"',
        new='"SELECT id FROM aggregate WHERE id = ANY(%b::text[]) ORDER BY id"',
        test=_INTERLEAVED,
        on="",
    ),
    Mutation(
        name="what follows from a change is left for later",
        invariant=2,
        file="sync/apply.py",
        old="        waiting = list(follow)\n",
        new="        waiting = list(follow)[:0]\n",
        test=_FOLLOWS,
    ),
    # 3. A base is one committed version; each operation shows once.
    Mutation(
        name="the overlay drops an effect as soon as it is answered",
        invariant=3,
        file=f"{CLIENT}/outbox.py",
        old='        None if result.status == "parked" else result.wrote.get(aggregate, 0),\n',
        new="        0,\n",
        test=_BASE_AND_VIEW,
    ),
    Mutation(
        name="the overlay keeps an effect that the base holds",
        invariant=3,
        file=f"{CLIENT}/outbox.py",
        old='"(shown_until IS NULL OR shown_until >"',
        new='"(shown_until IS NULL OR shown_until >="',
        test=_BASE_AND_VIEW,
    ),
    Mutation(
        name="a late reply is taken whole",
        invariant=3,
        file=f"{CLIENT}/reply.py",
        old="        if is_late:\n            return taken\n",
        new="",
        test=_LATE,
    ),
    Mutation(
        name="a late leave is believed",
        invariant=3,
        file=f"{CLIENT}/reply.py",
        old="        if is_late:\n            return taken\n",
        new="        if is_late:\n            replica.leave(store, reply.pull.leave if reply.pull else [])\n"
        "            return taken\n",
        test=_LATE_LEAVE,
    ),
    Mutation(
        name="a page shows before the last one has come",
        invariant=3,
        file=f"{CLIENT}/replica.py",
        old='    store.run_many(_UPSERT.format(table="staging"), _rows(',
        new='    store.run_many(_UPSERT.format(table="record"), _rows(',
        test=_BASE_AND_VIEW,
    ),
    # 4. Replays change nothing.
    Mutation(
        name="numbers that were taken are taken again",
        invariant=4,
        file="sync/push.py",
        old="        known, fork = _known(tx, row, batch)\n",
        new="        row = msgspec.structs.replace(row, last_seq=0)\n"
        "        known, fork = _known(tx, row, batch)\n",
        test=_PREFIXES,
    ),
    Mutation(
        name="the last number is not kept",
        invariant=4,
        file="sync/push.py",
        old="last_seq=last)]",
        new="last_seq=self._device.last_seq)]",
        test=_PREFIXES,
    ),
    Mutation(
        name="a retry is judged anew instead of being answered as before",
        invariant=4,
        file="sync/push.py",
        old="        results.append(decode_result(stored.result))\n",
        new='        results.append(msgspec.structs.replace(decode_result(stored.result), status="duplicate"))\n',
        test=_PREFIXES,
    ),
    Mutation(
        name="the result is not stored as it was given",
        invariant=4,
        file="sync/apply.py",
        old="        result=_encode(result),\n",
        new="        result=_encode(msgspec.structs.replace(result, wrote={})),\n",
        test=_PREFIXES,
    ),
    Mutation(
        name="operation ids are not compared across forks",
        invariant=4,
        file="sync/push.py",
        old="        before = earlier.get(one.id)\n",
        new="        before = None\n",
        test=_ONCE,
    ),
    Mutation(
        name="a desk's repeated draft is written again",
        invariant=4,
        file="sync/push.py",
        old="                operation_ids=[one.id for one in batch],\n",
        new="                operation_ids=[],\n",
        test=_DESK_TWICE,
    ),
    # 5. Nothing outside the entitlement goes out; nothing unsynced is evicted.
    Mutation(
        name="the pull forgets where a right has ended",
        invariant=5,
        file="sync/memory.py",
        old="            if row.user == user and row.to_ver is None\n",
        new="            if row.user == user\n",
        test=_NO_WORD,
    ),
    Mutation(
        name="the pull on SQLite forgets where a right has ended",
        invariant=5,
        file="server/db/sqlite_sql.py",
        old="WHERE user_id = ? AND to_ver IS NULL) ORDER BY id",
        new="WHERE user_id = ?) ORDER BY id",
        test=_NO_WORD,
        on="sqlite",
    ),
    Mutation(
        name="a right is never taken back",
        invariant=5,
        file="sync/work.py",
        old="            new = msgspec.structs.replace(held, to_ver=row.ver + 1)\n",
        new="            new = held\n",
        test=_NO_WORD,
    ),
    Mutation(
        name="leaving is ignored by the phone",
        invariant=5,
        file=f"{CLIENT}/replica.py",
        old='        store.run("UPDATE aggregate SET shadow = 1 WHERE id = ?", id)\n',
        new="",
        test=_LEFT,
    ),
    Mutation(
        name="what has left goes at once, with work on it still waiting",
        invariant=5,
        file=f"{CLIENT}/replica.py",
        old="        \" (SELECT 1 FROM outbox WHERE outbox.aggregate = aggregate.id AND state = 'pending')\"\n",
        new='        " (SELECT 1 FROM outbox WHERE false)"\n',
        test=_SHADOW,
    ),
    # 6. Quiet and connected, all agree.
    Mutation(
        name="the digest keeps what a record was before",
        invariant=6,
        file="sync/work.py",
        old="                delta -= digest_term(before.entity, before.id, before.ver)\n",
        new="                pass\n",
        test=_ITS_PART,
    ),
    Mutation(
        name="the digest counts deleted records",
        invariant=6,
        file="sync/work.py",
        old="            delta = 0 if record.deleted else digest_term(",
        new="            delta = digest_term(",
        test=_ITS_PART,
    ),
    Mutation(
        name="the digest is blind to versions, on both sides",
        invariant=6,
        file="sync/record.py",
        old='f"{entity}\\n{id}\\n{ver}"',
        new='f"{entity}\\n{id}"',
        test=_ITS_PART,
    ),
    Mutation(
        name="watchers of a changed aggregate are not counted up",
        invariant=6,
        file="sync/work.py",
        old="            watchers=self._watchers | self._tx.watchers_of(sorted(self._bumped)),\n",
        new="            watchers=self._watchers,\n",
        test=_POLLS,
    ),
    Mutation(
        name="records of another epoch pass for the present ones",
        invariant=6,
        file="sync/pull.py",
        old="        if have == row.ver and same_epoch and row.id not in request.refetch:\n",
        new="        if have == row.ver and row.id not in request.refetch:\n",
        test=_RESTORED,
    ),
    Mutation(
        name="what a restored server lost is not offered again",
        invariant=6,
        file=f"{CLIENT}/reply.py",
        old="        if is_new_epoch and outbox",
        new="        if False and outbox",
        test=_RESTORED,
    ),
    # 7. No overwritten concurrent value is lost.
    Mutation(
        name="an overwritten value is not kept",
        invariant=7,
        file="sync/settle.py",
        old="        disagreement=_disagreement(m, reason, open=open, incoming_loses=False),\n",
        new="",
        test=_OVERWRITTEN,
    ),
    Mutation(
        name="a word that does not stand is not kept",
        invariant=7,
        file="sync/settle.py",
        old="        disagreement=_disagreement(m, reason, open=open, incoming_loses=True, losing=losing),\n",
        new="",
        test=_OVERWRITTEN,
    ),
    Mutation(
        name="conflicts are found and not written",
        invariant=7,
        file="sync/apply.py",
        old="                self._work.put(kept)\n",
        new="                pass\n",
        test=_OVERWRITTEN,
    ),
    Mutation(
        name="nothing is ever concurrent",
        invariant=7,
        file="sync/clock.py",
        old="    return Relation.CONCURRENT if standing.ver > base.ver else Relation.SEQUENTIAL\n",
        new="    return Relation.SEQUENTIAL\n",
        test=_OVERWRITTEN,
    ),
    Mutation(
        name="what was parked replaces what came after it",
        invariant=7,
        file="sync/settle.py",
        old='        if m.replayed:\n            return _stays(m, "conflict", "replayed_late", open=True)\n',
        new="",
        test=_PARKED,
    ),
    Mutation(
        name="the audit entry forgets what was replaced",
        invariant=7,
        file="sync/apply.py",
        old="            before=_before(before, operation, merged),\n",
        new="            before={},\n",
        test=_AUDITED,
    ),
    # 8. Legal transitions, signed content, the chain.
    Mutation(
        name="an event leads where it usually leads, whatever the state",
        invariant=8,
        file="sync/settle.py",
        old="    cell = policy.table[m.standing or policy.initial][event]\n",
        new="    cell = policy.events[event]\n",
        test=_STATES,
    ),
    Mutation(
        name="an immutable value is replaced",
        invariant=8,
        file="sync/settle.py",
        old='    return _stays(m, "merged", reason, open=False)\n',
        new="    return _applied(m, m.incoming)\n",
        test=_IMMUTABLE,
    ),
    Mutation(
        name="audit entries follow from nothing",
        invariant=8,
        file="sync/audit.py",
        old="link(head, commitment), salt, payload)",
        new="link(GENESIS, commitment), salt, payload)",
        test=_CHAIN,
    ),
    Mutation(
        name="the aggregate forgets the head of its chain",
        invariant=8,
        file="sync/work.py",
        old="        self._chains[aggregate] = (entry.hash, entry.n)\n",
        new="        self._chains[aggregate] = (head, entry.n)\n",
        test=_CHAIN,
    ),
    Mutation(
        name="a decision may put other words into a signed document",
        invariant=8,
        file="domain/authority.py",
        old="    if isinstance(field.policy, Immutable):\n"
        '        return None if keeps and (leads or roles & DESKS) else "immutable"\n',
        new="",
        test=_SIGNED,
        on="",
    ),
    # 9. Poison blocks nothing; outboxes drain.
    Mutation(
        name="a poisoned operation fails its batch",
        invariant=9,
        file="sync/push.py",
        old="            return take(batch, True)\n",
        new="            raise\n",
        test=_NEIGHBOURS,
    ),
    Mutation(
        name="a batch with poison in it is parked whole",
        invariant=9,
        file="sync/push.py",
        old="        if len(batch) == 1:\n",
        new="        if batch:\n",
        test=_NEIGHBOURS,
    ),
    Mutation(
        name="what fails when it is released fails the release",
        invariant=9,
        file="sync/push.py",
        old="            raise _PoisonedRelease(place) from fault\n",
        new="            raise\n",
        test=_RELEASED,
    ),
    Mutation(
        name="the phone stops with work still waiting",
        invariant=9,
        file=f"{CLIENT}/reply.py",
        old="        if outbox.pending_count(store) and (taken.results or not exchange.sent):\n",
        new="        if False:\n",
        test=_DRAIN,
    ),
    Mutation(
        name="the server asks for the number after the one that is missing",
        invariant=9,
        file="sync/push.py",
        old="            return taken, last_seq + 1\n",
        new="            return taken, last_seq + 2\n",
        test=_GAP,
    ),
    # 10. Bytes.
    Mutation(
        name="an offset is acknowledged before its bytes are durable",
        invariant=10,
        file="media/local_store.py",
        old="            self._disk.sync(self._handle)\n",
        new="",
        test=_OFFSET,
        on="",
    ),
    Mutation(
        name="an offset is acknowledged before it is durable itself",
        invariant=10,
        file="media/local_store.py",
        old="            self._disk.sync(self._mark_handle)\n",
        new="",
        test=_OFFSET,
        on="",
    ),
    Mutation(
        name="the mark overwrites its only good slot",
        invariant=10,
        file="media/mark.py",
        old="    return (turn % 2) * SLOT_BYTES\n",
        new="    return 0\n",
        test=_OFFSET,
        on="",
    ),
    Mutation(
        name="the blob's name is not durable",
        invariant=10,
        file="media/local_store.py",
        old="        for folder in (self._blobs, blob.parent, self._partial):\n",
        new="        for folder in ():\n",
        test=_OFFSET,
        on="",
    ),
    Mutation(
        name="the whole file's hash is not checked",
        invariant=10,
        file="media/uploads.py",
        old="            if actual != upload.sha256:\n",
        new="            if False:\n",
        test=_DECLARED,
        on="",
    ),
    Mutation(
        name="a file that is not the declared one takes the declared one's place",
        invariant=10,
        file="media/uploads.py",
        old="                self._end(upload.quarantined(HASH_MISMATCH))\n",
        new="                self._store.take(upload.id, upload.sha256)\n",
        test=_OUTLIVES,
        on="",
    ),
    # 12. Revocation and clocks.
    Mutation(
        name="a revoked phone's poll is answered",
        invariant=12,
        file="mobile_api/sync_endpoint.py",
        old="        if row is None or row.revoked:\n"
        "            return await self._in_thread(self._quarantined, device, await self._read(body))\n",
        new="        if row is None:\n"
        "            return await self._in_thread(self._quarantined, device, await self._read(body))\n",
        test=_TOLD_NOTHING,
        on="",
    ),
    Mutation(
        name="a revoked phone still fetches snapshots",
        invariant=12,
        file="mobile_api/authentication.py",
        old="        if row.revoked:\n            raise DeviceRevoked()\n",
        new="",
        test=_TOLD_NOTHING,
        on="",
    ),
    Mutation(
        name="the engine takes a revoked device's work",
        invariant=12,
        file="sync/push.py",
        old="        if row.revoked:\n            raise RevokedDevice(device)\n",
        new="",
        test=_NEVER_ENTERS,
    ),
    Mutation(
        name="a batch is put in order by the phone's clock",
        invariant=12,
        file="sync/incoming.py",
        old="    return sorted(received.values(), key=lambda one: one.seq)\n",
        new="    return sorted(received.values(), key=lambda one: one.operation.at.wall if one.operation else '')\n",
        test=_CLOCKS,
    ),
    Mutation(
        name="the time of receipt is the phone's",
        invariant=12,
        file="sync/apply.py",
        old="            received_at=self._moment.received_at,\n            before=",
        new="            received_at=operation.at.wall,\n            before=",
        test=_OWN_TIMES,
    ),
]
