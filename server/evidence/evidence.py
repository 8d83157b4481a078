"""Everything about evidence that routes and commands work with, over one database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.db.log_writer import LogWriter
from server.db.open import SqlStore
from server.evidence.export import Export, Look
from server.evidence.key import log_host, log_key
from server.evidence.proofs import Proofs


@dataclass(frozen=True, slots=True)
class Evidence:
    """The log's writer, its proofs, and what makes files."""

    writer: LogWriter
    proofs: Proofs
    export: Export


def evidence_of(store: SqlStore, secret: str, base_url: str, look: Look, now: Callable[[], str]) -> Evidence:
    """Evidence over a store, whose transactions log from now on what is to be logged."""
    key = log_key(secret)
    writer = LogWriter(log_host(base_url), key.public(), key.private.sign, now)
    store.log = writer
    proofs = Proofs(store.database, key, writer)
    return Evidence(writer, proofs, Export(store.database, writer, proofs, look, now))
