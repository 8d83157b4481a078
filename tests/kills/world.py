"""One database, many lives of its server, and everything that was acknowledged over all of them."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any

import msgspec

from mobile_api.clock import instant
from mobile_api.tokens import AccessTokens
from server.db.open import SqlStore
from server.db.statement import Statement
from sync.audit import Change, verify
from sync.operation import encode_operation
from sync.outcome import Result
from sync.record import DIGEST_MODULUS, decode_record, digest_term
from sync.store import Ask, Changes, Receipt
from tests.kills.bomb import Bomb
from tests.kills.child import JOB_TABLE, SECRET, STARTED_AT, Home, opened
from tests.kills.nursery import Nursery
from tests.sync.toy import ALICE, BOB, DESK, EPOCH, operation

KILLED = 9
ANSWER_SECONDS = 20
LATELY = 30
"""Operations back to where a round looks; `check_everything` looks at all."""
_EPOCH = Statement("INSERT INTO meta (one, epoch) VALUES (1, :epoch) ON CONFLICT (one) DO NOTHING")
_READ_MODEL = Statement("SELECT id, used, phone FROM kills_job WHERE id = :id")
_COUNT = Statement("SELECT record_count FROM aggregate WHERE id = :id")
_FORKS = Statement("SELECT id FROM device WHERE forked_from = :device ORDER BY id")


class Broken(AssertionError):
    """A promise did not hold; the text names it."""


def hold(promise: bool, text: str) -> None:
    """Raise `Broken` unless the promise holds."""
    if not promise:
        raise Broken(text)


class World:
    """A toy company whose server is killed again and again.

    `kills` counts how often, `kept` how often a push had been committed and its answer was lost.
    """

    def __init__(self, url: str, folder: Path, flaw: str = "") -> None:
        self.url, self.folder = url, folder
        self.generation = 0
        self.kills = self.kept = 0
        self.acknowledged: dict[str, dict[int, Result]] = {ALICE.id: {}, BOB.id: {}}
        self._seqs = {ALICE.id: 0, BOB.id: 0}
        self._jobs = 0
        self._exchanges = 0
        with self.store() as store:
            store.database.write(_prepared)
            store.transact(lambda tx: tx.write(Changes(devices=[ALICE, BOB])))
        tokens = AccessTokens(SECRET, 3600, lambda: float(STARTED_AT))
        self._tokens = {one.id: tokens.issue(one.id, one.user) for one in (ALICE, BOB)}
        self.nursery = Nursery(Home(url, str(folder), flaw))
        self.begin()

    def close(self) -> None:
        """End the server and its parent."""
        self.nursery.close()

    # the server's lives

    def begin(self) -> None:
        """A new life over the same database."""
        self.generation += 1
        self.nursery.begin(self.generation)

    def die(self) -> None:
        """The life that was armed ends; the next one begins."""
        hold(self.nursery.has_ended(ANSWER_SECONDS), "the boundary is met again, and kills")
        hold(self.nursery.ended() == KILLED, "the server died by the kill, not by itself")
        self.kills += 1
        self.begin()

    def trace(self) -> list[str]:
        """The boundaries that the last armed request passed."""
        return (self.folder / "trace").read_text().splitlines()

    # what is sent

    def job(self) -> str:
        """A new job of alice's, whose phone number the desk changed after she took it along (version 2)."""
        self._jobs += 1
        job = f"j{self._jobs}"
        mine = {"number": job, "assignee": "alice"}
        self.desk(draft(job, "made", mine, action="create"))
        self.desk(draft(job, "corrected", {"phone": "the desk's"}, base_ver=1))
        return job

    def desk(self, *drafts: dict[str, Any], kill_at: int | None = None) -> list[Result] | None:
        """A desk's write; None when the connection was cut."""
        body = self._post("/desk", json.dumps(drafts).encode(), {}, kill_at)
        return None if body is None else msgspec.json.decode(body, type=list[Result])

    def operations(self, device: str, job: str, parts: list[dict[str, Any]]) -> list[bytes]:
        """The next operations of a phone, authored on version 1 of the job."""
        made = []
        for place, part in enumerate(parts, start=1):
            self._seqs[device] += 1
            target = {"record": job, "aggregate": f"job/{job}", "base": 1, "id": f"{job}-{device}-{place}"}
            made.append(encode_operation(operation(device, self._seqs[device], **{**target, **part})))
        return made

    def push(self, device: str, operations: list[bytes], kill_at: int | str | None = None) -> Any:
        """One exchange; None when the connection was cut. What comes back is acknowledged from then on."""
        self._exchanges += 1
        # Another outbox each time: the server notes the phone again, and those writes are boundaries, too.
        request = {
            "protocol": 1,
            "schema": 2,
            "epoch": EPOCH,
            "pull": {"digest": "0" * 64},
            "outbox": {"pending": self._exchanges},
        }
        head = json.dumps(request).encode()
        body = head[:-1] + b',"push":{"ops":[' + b",".join(operations) + b"]}}"
        answer = self._post("/v1/sync", body, {"Authorization": f"Bearer {self._tokens[device]}"}, kill_at)
        if answer is None:
            return None
        push = json.loads(answer)["push"]
        results = msgspec.convert(push.get("results", []), list[Result])
        self.acknowledged[device].update({one.seq: one for one in results if "fork" not in push})
        return push

    def _post(
        self, path: str, body: bytes, headers: dict[str, str], kill_at: int | str | None
    ) -> bytes | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.nursery.port, timeout=ANSWER_SECONDS)
        armed = {} if kill_at is None else {"Kill-At": str(kill_at)}
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers, **armed})
            answer = connection.getresponse()
            said = answer.read()
        except (ConnectionError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        hold(answer.status == 200, f"an answer, not {answer.status}: {said[:300]!r}")
        return said

    # what is kept

    def store(self) -> _Opened:
        """The database, read by its own adapter, open for as long as the block."""
        return _Opened(self.url)

    def check(self, job: str) -> dict[str, Any]:
        """Hold the database to what was acknowledged lately; returns what the job has become, with general names."""
        with self.store() as store:
            for device, last in self._seqs.items():
                self._check_ledger(store, device, max(0, last - LATELY))
            return _checked_job(store, job)

    def check_everything(self) -> None:
        """Hold the database to everything that was ever acknowledged."""
        with self.store() as store:
            for device in self._seqs:
                self._check_ledger(store, device, 0)
            for number in range(1, self._jobs + 1):
                _checked_job(store, f"j{number}")

    def lives(self, operations: list[bytes]) -> set[int]:
        """In which lives of the server these operations were taken in."""
        wanted = {json.loads(one)["id"] for one in operations}
        with self.store() as store:
            receipts = store.transact(lambda tx: tx.load(Ask(operation_ids=sorted(wanted)))).receipts
        by_time = {instant(float(STARTED_AT + one)): one for one in range(1, self.generation + 1)}
        return {by_time[one.received_at] for one in receipts}

    def forks(self, device: str) -> list[str]:
        """Devices that were made of a copy of this one."""
        with self.store() as store:
            return [id for (id,) in store.database.read(lambda c: c.rows(_FORKS, device=device))]

    def _check_ledger(self, store: SqlStore, device: str, after: int) -> None:
        acknowledged = {seq: one for seq, one in self.acknowledged[device].items() if seq > after}
        with store.snapshot() as snapshot:
            ledger: list[Receipt] = snapshot.ledger(device, after, 1_000_000)
        seqs = list(range(after + 1, after + len(ledger) + 1))
        hold([one.seq for one in ledger] == seqs, f"{device}'s ledger has no gap")
        kept = {one.seq: msgspec.json.decode(one.result, type=Result) for one in ledger}
        hold(set(kept) == set(acknowledged), f"{device}: what is acknowledged is kept, and the reverse")
        for seq, result in acknowledged.items():
            hold(
                kept[seq] == result,
                f"{device} {seq}: the stored result is the one told: {kept[seq]} {result}",
            )


class _Opened:
    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> SqlStore:
        self._store = opened(self._url, Bomb(Path()))
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


def draft(job: str, name: str, set: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A desk's change of a job; its id tells a repetition."""
    target = {"entity": "job", "record": job, "aggregate": f"job/{job}"}
    return {"id": f"{job}-{DESK.id}-{name}", **target, "set": set, **more}


def _prepared(connection: Any) -> None:
    columns = ", ".join(f"{one.name} {one.type}" for one in JOB_TABLE.columns)
    connection.run(Statement(f"CREATE TABLE {JOB_TABLE.name} ({columns}, PRIMARY KEY (id))"))
    connection.run(Statement("DELETE FROM meta"))
    connection.run(_EPOCH, epoch=EPOCH)


def _checked_job(store: SqlStore, job: str) -> dict[str, Any]:
    aggregate = f"job/{job}"
    with store.snapshot() as snapshot:
        records = [decode_record(body) for *_, body in snapshot.changed([(aggregate, 0)])]
        chain = snapshot.audit(aggregate)
    row = store.transact(lambda tx: tx.load(Ask(aggregates=[aggregate]))).aggregates[aggregate]
    hold(not verify(chain), f"the chain of {job} verifies")
    hold(
        (chain[-1].hash, chain[-1].n) == (row.chain_head, row.chain_length), f"{job}'s chain ends at its head"
    )
    changes = [msgspec.json.decode(entry.payload or b"", type=Change) for entry in chain]
    written = [(one.op, one.entity, one.record) for one in changes]
    hold(len(set(written)) == len(written), f"one effect each on {job}: {written}")
    hold({one.ver for one in changes} == set(range(1, row.ver + 1)), f"versions of {job} are dense")
    terms = [digest_term(one.entity, one.id, one.ver) for one in records if not one.deleted]
    hold(sum(terms) % DIGEST_MODULUS == row.digest, f"the digest of {job}")
    fields = next(one.fields for one in records if one.entity == "job")
    model = store.database.read(lambda c: c.row(_READ_MODEL, id=job))
    hold(model == (job, fields.get("used"), fields.get("phone")), f"the read model of {job}: {model}")
    count = store.database.read(lambda c: c.row(_COUNT, id=aggregate))
    hold(count == (len(records),), f"the count of records of {job}: {count}")
    return {
        "ver": row.ver,
        "job": {name: _named(job, value) for name, value in fields.items()},
        "others": sorted(
            _named(job, [one.entity, one.ver, _content(one)]) for one in records if one.entity != "job"
        ),
        "written": [_named(job, one) for one in written if one[1] != "conflict"],
    }


def _content(record: Any) -> Any:
    """A conflict is told by what it is about: its other fields name sequence numbers."""
    if record.entity == "conflict":
        return [record.fields[name] for name in ("record", "field", "reason", "state")]
    return [record.id, record.fields]


def _named(job: str, value: Any) -> str:
    """The same text for every job."""
    return json.dumps(value, sort_keys=True).replace(f'"{job}', '"job').replace(f"/{job}", "/job")
