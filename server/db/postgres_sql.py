"""The engine's statements in PostgreSQL's dialect: lists travel as binary arrays, one statement per table."""

from __future__ import annotations

from server.db.rows import AGGREGATE, AUDIT, DEVICE, ENTITLEMENT, RECEIPT, RECORD, columns

BEGIN_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
# Each statement after the locks must see what was committed while it waited for them.
BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

PLAN_FREELY = (
    "; SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"
)
"""For desks' queries, which join and scan: undoes for one transaction what the engine's sessions are bound to."""

CREATE_DEVICE = f"INSERT INTO device ({DEVICE}) VALUES (%s,%s,%s,%s,%s,%s,%s) ON CONFLICT DO NOTHING"
LOCK_DEVICE = f"SELECT {DEVICE} FROM device WHERE id = %s FOR UPDATE"
PUT_DEVICE = f"""
INSERT INTO device ({DEVICE}) VALUES (%s,%s,%s,%s,%s,%s,%s)
ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, roles = excluded.roles, last_seq = excluded.last_seq,
    revoked = excluded.revoked, public_key = excluded.public_key, forked_from = excluded.forked_from"""

CREATE_AGGREGATES = """
INSERT INTO aggregate (id, ver, digest, tomb_floor, chain_head, chain_length, record_count)
SELECT id, 0, decode(repeat('00', 32), 'hex'), 0, decode(repeat('00', 32), 'hex'), 0, 0
FROM unnest(%b::text[]) AS wanted (id) ORDER BY id COLLATE "C" ON CONFLICT DO NOTHING"""
LOCK_AGGREGATES = "SELECT id FROM aggregate WHERE id = ANY(%b::text[]) ORDER BY id FOR UPDATE"
AGGREGATES = f"SELECT {AGGREGATE} FROM aggregate WHERE id = ANY(%b::text[])"
PUT_AGGREGATES = f"""
INSERT INTO aggregate ({AGGREGATE}, record_count)
SELECT * FROM unnest(%b::text[], %b::bigint[], %b::bytea[], %b::bigint[], %b::bytea[], %b::bigint[], %b::bigint[])
ON CONFLICT (id) DO UPDATE SET ver = excluded.ver, digest = excluded.digest, tomb_floor = excluded.tomb_floor,
    chain_head = excluded.chain_head, chain_length = excluded.chain_length,
    record_count = aggregate.record_count + excluded.record_count"""
COUNT_RECORDS = """
UPDATE aggregate SET record_count = record_count + fresh.number
FROM unnest(%b::bigint[], %b::text[]) AS fresh (number, id) WHERE aggregate.id = fresh.id"""

BODIES = """
SELECT record.entity, record.id, record.body FROM unnest(%b::text[], %b::text[]) AS wanted (entity, id)
JOIN record ON record.entity = wanted.entity AND record.id = wanted.id"""
BODIES_OF_KINDS = """
SELECT record.entity, record.id, record.body FROM unnest(%b::text[], %b::text[]) AS wanted (aggregate, entity)
JOIN record ON record.aggregate = wanted.aggregate AND record.entity = wanted.entity"""
PRESENT = """
SELECT record.entity, record.id FROM unnest(%b::text[], %b::text[]) AS wanted (entity, id)
JOIN record ON record.entity = wanted.entity AND record.id = wanted.id"""
PUT_RECORDS = f"""
INSERT INTO record ({RECORD})
SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::boolean[], %b::bytea[])
ON CONFLICT (entity, id) DO UPDATE SET ver = excluded.ver, deleted = excluded.deleted, body = excluded.body"""

RECEIPTS = f"SELECT {RECEIPT} FROM operation WHERE device = %s AND seq BETWEEN %s AND %s ORDER BY seq"
RECEIPTS_BY_ID = f"SELECT {RECEIPT} FROM operation WHERE id = ANY(%b::text[]) AND status <> 'duplicate'"
WAITING = f"""
SELECT {RECEIPT} FROM operation
WHERE status = 'parked' AND aggregate = ANY(%b::text[]) ORDER BY device, seq"""
BASE_FLOOR = """
SELECT coalesce(max(base_ver), 0) FROM operation WHERE device = %s AND aggregate = %s AND seq < %s"""
ADD_RECEIPTS = f"""
INSERT INTO operation ({RECEIPT})
SELECT * FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::text[],
    %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::bytea[])"""
SETTLE_RECEIPTS = """
UPDATE operation SET status = news.status, reason = news.reason, waits_for = news.waits_for, result = news.result
FROM unnest(%b::text[], %b::text[], %b::text[], %b::bytea[], %b::text[], %b::bigint[])
    AS news (status, reason, waits_for, result, device, seq)
WHERE operation.device = news.device AND operation.seq = news.seq"""

ENTITLEMENTS = f"SELECT {ENTITLEMENT} FROM entitlement WHERE user_id = %s AND aggregate = ANY(%b::text[])"
ENTITLEMENTS_BECAUSE = f"SELECT {ENTITLEMENT} FROM entitlement WHERE because = ANY(%b::text[])"
PUT_ENTITLEMENTS = f"""
INSERT INTO entitlement ({ENTITLEMENT})
SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %s::bigint[])
ON CONFLICT (user_id, aggregate, because, from_ver) DO UPDATE SET to_ver = excluded.to_ver"""
WATCHERS_OF = """
SELECT DISTINCT user_id FROM entitlement WHERE to_ver IS NULL AND aggregate = ANY(%b::text[])"""

ADD_AUDIT = f"""
INSERT INTO audit ({AUDIT})
SELECT * FROM unnest(%b::text[], %b::bigint[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])"""
BUMP_WATCHERS = """
INSERT INTO watcher (user_id, change)
SELECT user_id, 1 FROM unnest(%b::text[]) WITH ORDINALITY AS touched (user_id, place) ORDER BY place
ON CONFLICT (user_id) DO UPDATE SET change = watcher.change + 1"""

EPOCH = "SELECT epoch FROM meta WHERE one = 1"
CHANGE = "SELECT change FROM watcher WHERE user_id = %s"
ENTITLED = f"""
SELECT {columns(AGGREGATE, "aggregate")}, aggregate.record_count FROM aggregate
WHERE id IN (SELECT aggregate FROM entitlement WHERE user_id = %s AND to_ver IS NULL) ORDER BY id"""
CHANGED = """
SELECT found.* FROM unnest(%b::text[], %b::bigint[]) AS wanted (aggregate, since)
CROSS JOIN LATERAL (
    SELECT aggregate, ver, id, body FROM record
    WHERE aggregate = wanted.aggregate AND ver > wanted.since ORDER BY ver, id, entity
) AS found"""
# The wanted aggregates come sorted and a lateral join keeps their order; ORDER BY over all would sort the bodies.
PAGE = """
SELECT aggregate, ver, id, body FROM record
WHERE aggregate = %s AND (ver, id) > (%s, %s) ORDER BY ver, id, entity LIMIT %s"""
PARKED = f"""
SELECT {RECEIPT} FROM operation
WHERE status = 'parked' AND (device, seq) > (%s, %s) ORDER BY device, seq LIMIT %s"""
PARKED_BECAUSE = f"""
SELECT {RECEIPT} FROM operation
WHERE status = 'parked' AND (device, seq) > (%s, %s) AND reason = ANY(%b::text[])
ORDER BY device, seq LIMIT %s"""
LEDGER = f"SELECT {RECEIPT} FROM operation WHERE device = %s AND seq > %s ORDER BY seq LIMIT %s"
RESULTS = "SELECT result FROM operation WHERE device = %s AND seq = ANY(%b::bigint[]) ORDER BY seq"
POLL = """
SELECT device.user_id, device.revoked, coalesce(watcher.change, 0)
FROM device LEFT JOIN watcher ON watcher.user_id = device.user_id WHERE device.id = %s"""
AUDIT_OF = f"SELECT {AUDIT} FROM audit WHERE aggregate = %s ORDER BY n"
