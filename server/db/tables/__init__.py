"""Every stored table, one file per topic; importing this package declares them all in `METADATA`.

Read models are declared in `server.db.read_models`: they can be thrown away and made again, these cannot.
"""

from server.db.tables import (
    account,
    aggregate,
    audit,
    bucket_partial,
    device,
    enrolment,
    entitlement,
    erasure,
    failed_attempt,
    log,
    meta,
    operation,
    quarantine,
    record,
    reminder,
    session,
    stale_projection,
    upload,
    watcher,
)

__all__ = [
    "account",
    "aggregate",
    "audit",
    "bucket_partial",
    "device",
    "enrolment",
    "entitlement",
    "erasure",
    "failed_attempt",
    "log",
    "meta",
    "operation",
    "quarantine",
    "record",
    "reminder",
    "session",
    "stale_projection",
    "upload",
    "watcher",
]
