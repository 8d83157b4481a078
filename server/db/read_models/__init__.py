"""Typed tables for desks' lists, search and board, made from records; `doorstep rebuild` makes them all again.

One file per topic holds the tables and, at its end, how records become their rows. Nothing here decides anything.
"""

from server.db.projection import Projections
from server.db.read_models import evidence, inbox, knowledge, messages, orders, parts, people, places, visits

PROJECTORS = (
    *evidence.PROJECTORS,
    *inbox.PROJECTORS,
    *knowledge.PROJECTORS,
    *messages.PROJECTORS,
    *orders.PROJECTORS,
    *parts.PROJECTORS,
    *people.PROJECTORS,
    *places.PROJECTORS,
    *visits.PROJECTORS,
)


def all_projections() -> Projections:
    """Every read model."""
    return Projections(PROJECTORS)
