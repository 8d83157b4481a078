"""The engine's statements in SQLite's dialect, positional: named parameters cost the hot path a tenth."""

from __future__ import annotations

from server.db.rows import AGGREGATE, AUDIT, DEVICE, ENTITLEMENT, RECEIPT, RECORD, columns

DEVICE_BY_ID = f"SELECT {DEVICE} FROM device WHERE id = ?"
CREATE_DEVICE = f"INSERT INTO device ({DEVICE}) VALUES (?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
PUT_DEVICE = f"""
INSERT INTO device ({DEVICE}) VALUES (?,?,?,?,?,?,?)
ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, roles = excluded.roles, last_seq = excluded.last_seq,
    revoked = excluded.revoked, public_key = excluded.public_key, forked_from = excluded.forked_from"""

CREATE_AGGREGATE = """
INSERT INTO aggregate (id, ver, digest, tomb_floor, chain_head, chain_length, record_count)
VALUES (?, 0, zeroblob(32), 0, zeroblob(32), 0, 0) ON CONFLICT DO NOTHING"""
AGGREGATES = f"SELECT {AGGREGATE} FROM aggregate WHERE id IN (SELECT value FROM json_each(?))"
PUT_AGGREGATE = f"""
INSERT INTO aggregate ({AGGREGATE}, record_count) VALUES (?,?,?,?,?,?,?)
ON CONFLICT (id) DO UPDATE SET ver = excluded.ver, digest = excluded.digest, tomb_floor = excluded.tomb_floor,
    chain_head = excluded.chain_head, chain_length = excluded.chain_length,
    record_count = aggregate.record_count + excluded.record_count"""
COUNT_RECORDS = "UPDATE aggregate SET record_count = record_count + ? WHERE id = ?"

BODIES = "SELECT entity, id, body FROM record WHERE entity = ? AND id IN (SELECT value FROM json_each(?))"
BODIES_OF_KINDS = """
SELECT aggregate, entity, id, body FROM record
WHERE aggregate IN (SELECT value FROM json_each(?)) AND +entity IN (SELECT value FROM json_each(?))"""
PRESENT = "SELECT entity, id FROM record WHERE entity = ? AND id IN (SELECT value FROM json_each(?))"
PUT_RECORD = f"""
INSERT INTO record ({RECORD}) VALUES (?,?,?,?,?,?)
ON CONFLICT (entity, id) DO UPDATE SET ver = excluded.ver, deleted = excluded.deleted, body = excluded.body"""

RECEIPTS = f"SELECT {RECEIPT} FROM operation WHERE device = ? AND seq BETWEEN ? AND ? ORDER BY seq"
RECEIPTS_BY_ID = f"""
SELECT {RECEIPT} FROM operation WHERE id IN (SELECT value FROM json_each(?)) AND status <> 'duplicate'"""
WAITING = f"""
SELECT {RECEIPT} FROM operation
WHERE status = 'parked' AND aggregate IN (SELECT value FROM json_each(?)) ORDER BY device, seq"""
BASE_FLOOR = """
SELECT coalesce(max(base_ver), 0) FROM operation WHERE device = ? AND aggregate = ? AND seq < ?"""
ADD_RECEIPT = f"INSERT INTO operation ({RECEIPT}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
SETTLE_RECEIPT = """
UPDATE operation SET status = ?, reason = ?, waits_for = ?, result = ? WHERE device = ? AND seq = ?"""

ENTITLEMENTS = f"""
SELECT {ENTITLEMENT} FROM entitlement WHERE user_id = ? AND aggregate IN (SELECT value FROM json_each(?))"""
ENTITLEMENTS_BECAUSE = f"""
SELECT {ENTITLEMENT} FROM entitlement WHERE because IN (SELECT value FROM json_each(?))"""
PUT_ENTITLEMENT = f"""
INSERT INTO entitlement ({ENTITLEMENT}) VALUES (?,?,?,?,?)
ON CONFLICT (user_id, aggregate, because, from_ver) DO UPDATE SET to_ver = excluded.to_ver"""
WATCHERS_OF = """
SELECT DISTINCT user_id FROM entitlement
WHERE to_ver IS NULL AND aggregate IN (SELECT value FROM json_each(?))"""

ADD_AUDIT = f"INSERT INTO audit ({AUDIT}) VALUES (?,?,?,?,?,?)"
BUMP_WATCHER = """
INSERT INTO watcher (user_id, change) VALUES (?, 1) ON CONFLICT (user_id) DO UPDATE SET change = watcher.change + 1"""

EPOCH = "SELECT epoch FROM meta WHERE one = 1"
CHANGE = "SELECT change FROM watcher WHERE user_id = ?"
ENTITLED = f"""
SELECT {columns(AGGREGATE, "aggregate")}, aggregate.record_count FROM aggregate
WHERE id IN (SELECT aggregate FROM entitlement WHERE user_id = ? AND to_ver IS NULL) ORDER BY id"""
CHANGED = """
SELECT aggregate, ver, id, body FROM record WHERE aggregate = ? AND ver > ? ORDER BY ver, id, entity"""
PAGE = """
SELECT aggregate, ver, id, body FROM record
WHERE aggregate = ? AND (ver, id) > (?, ?) ORDER BY ver, id, entity LIMIT ?"""
PARKED = f"""
SELECT {RECEIPT} FROM operation
WHERE status = 'parked' AND (device, seq) > (?, ?) ORDER BY device, seq LIMIT ?"""
PARKED_BECAUSE = f"""
SELECT {RECEIPT} FROM operation
WHERE status = 'parked' AND (device, seq) > (?, ?) AND reason IN (SELECT value FROM json_each(?))
ORDER BY device, seq LIMIT ?"""
LEDGER = f"SELECT {RECEIPT} FROM operation WHERE device = ? AND seq > ? ORDER BY seq LIMIT ?"
RESULTS = """
SELECT result FROM operation WHERE device = ? AND seq IN (SELECT value FROM json_each(?)) ORDER BY seq"""
POLL = """
SELECT device.user_id, device.revoked, coalesce(watcher.change, 0)
FROM device LEFT JOIN watcher ON watcher.user_id = device.user_id WHERE device.id = ?"""
AUDIT_OF = f"SELECT {AUDIT} FROM audit WHERE aggregate = ? ORDER BY n"
