"""Lists, board, inbox and the one search field, from read models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, and_, col, or_, select

from server.db.address import is_sqlite, sqlalchemy_url
from server.db.failure import translated
from server.db.read_model import fold, only_digits
from server.db.read_models.inbox import ConflictModel, InboxItemModel
from server.db.read_models.orders import WorkOrderModel
from server.db.read_models.places import AssetModel, ContactModel, CustomerModel, SiteModel
from server.db.read_models.visits import VisitModel

MOST_ROWS = 500
HITS_PER_KIND = 8
SHORTEST_DIGITS = 4
"""So many digits look like a part of a telephone number."""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the search field found."""

    entity: str
    id: str
    aggregate: str
    customer: str | None
    title_zh: str | None
    title_en: str | None
    detail: str | None
    """Number, telephone or serial number: what tells it from its neighbours."""


class DeskReader:
    """Typed rows, detached: they can be read after the call. Raises StoreUnavailable."""

    def __init__(self, database_url: str, connections: int = 4) -> None:
        self._engine = _engine(database_url, connections)

    def close(self) -> None:
        """Close all connections; repeating is safe."""
        self._engine.dispose()

    def work_orders(
        self,
        *,
        states: Sequence[str] = (),
        customer: str | None = None,
        site: str | None = None,
        asset: str | None = None,
        text: str = "",
        opened_from: str | None = None,
        opened_before: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int = 50,
    ) -> list[WorkOrderModel]:
        """Work orders, the newest first; `after` is (opened_at, id) of the last one seen."""
        order = select(WorkOrderModel)
        if states:
            order = order.where(col(WorkOrderModel.state).in_(states))
        for column, value in (
            (WorkOrderModel.customer, customer),
            (WorkOrderModel.site, site),
            (WorkOrderModel.asset, asset),
        ):
            if value is not None:
                order = order.where(col(column) == value)
        for word in fold(text).split():
            order = order.where(_contains(WorkOrderModel.search_text, word))
        if opened_from is not None:
            order = order.where(col(WorkOrderModel.opened_at) >= opened_from)
        if opened_before is not None:
            order = order.where(col(WorkOrderModel.opened_at) < opened_before)
        if after is not None:
            opened, id = col(WorkOrderModel.opened_at), col(WorkOrderModel.id)
            order = order.where(or_(opened < after[0], (opened == after[0]) & (id < after[1])))
        order = order.order_by(col(WorkOrderModel.opened_at).desc(), col(WorkOrderModel.id).desc())
        with self._session() as session:
            return list(session.exec(order.limit(min(limit, MOST_ROWS))))

    def board(
        self, starts_from: str, starts_before: str, technicians: Sequence[str] = ()
    ) -> list[VisitModel]:
        """Visits that start in a stretch of time (instants with three decimals), by technician and start."""
        visits = select(VisitModel).where(
            col(VisitModel.starts_at) >= starts_from, col(VisitModel.starts_at) < starts_before
        )
        if technicians:
            visits = visits.where(col(VisitModel.technician).in_(technicians))
        with self._session() as session:
            return list(
                session.exec(
                    visits.order_by(col(VisitModel.technician), col(VisitModel.starts_at), col(VisitModel.id))
                )
            )

    def visits_of(self, work_orders: Sequence[str]) -> list[VisitModel]:
        """The visits of some work orders, by order and number."""
        visits = (
            select(VisitModel)
            .where(col(VisitModel.work_order).in_(work_orders))
            .order_by(col(VisitModel.work_order), col(VisitModel.ordinal), col(VisitModel.id))
        )
        with self._session() as session:
            return list(session.exec(visits))

    def conflicts(self, state: str = "open", after: str = "", limit: int = 100) -> list[ConflictModel]:
        """Conflicts in a state, by id."""
        conflicts = (
            select(ConflictModel)
            .where(col(ConflictModel.state) == state, col(ConflictModel.id) > after)
            .order_by(col(ConflictModel.id))
            .limit(min(limit, MOST_ROWS))
        )
        with self._session() as session:
            return list(session.exec(conflicts))

    def inbox(self, state: str = "open", roles: Sequence[str] = (), limit: int = 100) -> list[InboxItemModel]:
        """What waits for these roles (any when empty), the oldest first."""
        items = select(InboxItemModel).where(col(InboxItemModel.state) == state)
        if roles:
            items = items.where(
                or_(col(InboxItemModel.for_role).in_(roles), col(InboxItemModel.for_role).is_(None))
            )
        items = items.order_by(col(InboxItemModel.opened_at), col(InboxItemModel.id))
        with self._session() as session:
            return list(session.exec(items.limit(min(limit, MOST_ROWS))))

    def same_serial(self, asset: str) -> list[AssetModel]:
        """Other assets with the same serial number, in any spelling."""
        with self._session() as session:
            one = session.get(AssetModel, asset)
            if one is None or not one.serial_folded:
                return []
            twins = (
                select(AssetModel)
                .where(col(AssetModel.serial_folded) == one.serial_folded, col(AssetModel.id) != asset)
                .order_by(col(AssetModel.id))
            )
            return list(session.exec(twins))

    def search(self, text: str) -> list[Hit]:
        """The one field of the desk phone: number, name, telephone, address or serial number, in any language.

        At most `HITS_PER_KIND` of each kind: orders first, then customers, contacts, sites, equipment.
        """
        words = fold(text).split()
        if not words:
            return []
        number = only_digits(text)
        with self._session() as session:
            return [
                *_hits(session, WorkOrderModel, words, _order_hit),
                *_hits(session, CustomerModel, words, _customer_hit),
                *_hits(session, ContactModel, words, _contact_hit, number),
                *_hits(session, SiteModel, words, _site_hit),
                *_hits(session, AssetModel, words, _asset_hit),
            ]

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with Session(self._engine, expire_on_commit=False) as session:
                yield session
        except DBAPIError as error:
            raise translated(error.orig or error) from error


def _engine(database_url: str, connections: int) -> Engine:
    options: dict[str, Any] = {"poolclass": QueuePool, "pool_size": connections, "pool_pre_ping": True}
    if not is_sqlite(database_url):
        return create_engine(
            sqlalchemy_url(database_url),
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
            **options,
        )
    engine = create_engine(database_url, connect_args={"check_same_thread": False}, **options)

    @event.listens_for(engine, "connect")
    def only_read(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    return engine


def _contains(column: Any, word: str) -> Any:
    return col(column).contains(word, autoescape=True)


def _hits(session: Session, model: Any, words: list[str], hit: Any, number: str = "") -> list[Hit]:
    matching = [_contains(model.search_text, word) for word in words]
    wanted = and_(*matching)
    if len(number) >= SHORTEST_DIGITS:
        wanted = or_(wanted, _contains(model.phone_digits, number))
    found = session.exec(select(model).where(wanted).order_by(model.id.desc()).limit(HITS_PER_KIND))
    return [hit(row) for row in found]


def _order_hit(row: WorkOrderModel) -> Hit:
    return Hit(
        entity="work_order",
        id=row.id,
        aggregate=row.aggregate,
        customer=row.customer,
        title_zh=row.title_zh or row.symptom,
        title_en=row.title_en or row.symptom,
        detail=row.number or row.provisional_number,
    )


def _customer_hit(row: CustomerModel) -> Hit:
    return Hit(
        entity="customer",
        id=row.id,
        aggregate=row.aggregate,
        customer=row.id,
        title_zh=row.name_zh,
        title_en=row.name_en,
        detail=row.number,
    )


def _contact_hit(row: ContactModel) -> Hit:
    return Hit(
        entity="contact",
        id=row.id,
        aggregate=row.aggregate,
        customer=row.customer,
        title_zh=row.name_zh,
        title_en=row.name_en,
        detail=row.phone,
    )


def _site_hit(row: SiteModel) -> Hit:
    return Hit(
        entity="site",
        id=row.id,
        aggregate=row.aggregate,
        customer=row.customer,
        title_zh=row.name_zh or row.address_text,
        title_en=row.name_en or row.address_text,
        detail=row.number,
    )


def _asset_hit(row: AssetModel) -> Hit:
    return Hit(
        entity="asset",
        id=row.id,
        aggregate=row.aggregate,
        customer=row.customer,
        title_zh=row.model or row.equipment,
        title_en=row.model or row.equipment,
        detail=row.serial,
    )
