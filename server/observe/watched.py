"""What a running service shows of itself: to its readiness checks and to whoever reads its numbers."""

from __future__ import annotations

from server.db.migrate import WrongSchema, check_schema
from server.db.open import SqlStore
from server.db.queries.parked_count import parked_count
from server.observe.health import Check
from server.personal.erasing import Erasing
from server.service import Service
from server.settings import Settings


def database_check(settings: Settings, store: SqlStore) -> Check:
    """The database answers, and its tables are those of this program."""

    def fault() -> str | None:
        with store.snapshot() as snapshot:
            snapshot.epoch()
        try:
            check_schema(settings.database_url)
        except WrongSchema as wrong:
            return str(wrong)
        return None

    return Check("database", fault)


def erasures_check(erasing: Erasing) -> Check:
    """Nobody who was erased is back, as after a restore."""

    def fault() -> str | None:
        undone = erasing.undone()
        return (
            f"{len(undone)} customers are to be erased again: run `doorstep personal repeat`"
            if undone
            else None
        )

    return Check("erasures", fault)


def watch(service: Service) -> None:
    """Have the numbers that change by themselves read whenever somebody asks for them."""
    metrics, store = service.metrics, service.store
    metrics.watch("doorstep_sse_clients", "Streams of desks that are open.", lambda: service.changes.count)
    metrics.watch(
        "doorstep_stale_projections", "Records whose read model failed, since the start.",
        lambda: store.projections.failures,
    )  # fmt: skip
    metrics.watch(
        "doorstep_parked_operations", "Operations that are parked.", lambda: parked_count(store.database)
    )
    retries = getattr(store.database, "retries", None)
    if retries is not None:
        metrics.watch_count(
            "doorstep_transaction_retries", "Transactions run again after a deadlock or a serialisation failure.",
            lambda: sum(retries.values()),
        )  # fmt: skip
    groups = getattr(store.database, "group_sizes", None)
    if groups is not None:
        metrics.watch_groups("doorstep_commit_works", "Works that shared a commit.", lambda: dict(groups))
