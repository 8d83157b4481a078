"""Parts, where they lie, and the ledger of their moves."""

from __future__ import annotations

from domain.schema.kinds import bilingual, boolean, choice, codes, fen, instant, integer, personal, ref, text
from domain.schema.owned import balance, once, storekeeper, system
from sync.schema import ANY_ROOT, Entity

MOST_PIECES = 1_000_000
"""So many pieces move, or are counted, at once."""
MOST_HELD = 1_000_000_000
"""A balance within this is one that somebody can have seen. No number of moves that a company can make takes the
sum of such moves out of the range of an integer."""

PART = Entity(
    root="catalogue",
    meaning="A part or a piece of labour on the price list.",
    fields={
        "code": once(text(40), "Its code.", required=True),
        "name": storekeeper(bilingual(), "Its name.", required=True),
        "group": storekeeper(text(40), "Kind of part, such as compressor."),
        "component": storekeeper(text(40), "Component that it belongs to."),
        "equipment": storekeeper(text(40), "Equipment type that it fits."),
        "models": storekeeper(codes(200), "Models that it fits."),
        "price_fen": storekeeper(fen(), "List price.", required=True),
        "component_class": storekeeper(
            choice("unit", "main", "compressor", "consumable"), "Class by which it is covered."
        ),
        "source": storekeeper(choice("original", "third_party"), "Whose make."),
        "alternatives": storekeeper(codes(40), "Codes of parts that do instead."),
        "serialised": storekeeper(boolean(), "Each piece has its own serial number."),
        "retired": storekeeper(boolean(), "No longer supplied."),
    },
)

STOCK_LOCATION = Entity(
    root="stock",
    meaning="Where parts lie: a warehouse, a bin or a van. Its aggregate is stock/<its id>.",
    fields={
        "code": once(text(40), "Its code.", required=True),
        "kind": once(choice("warehouse", "bin", "van", "customer"), "What it is.", required=True),
        "name": storekeeper(bilingual(), "Its name."),
        "outlet": storekeeper(ref("outlet"), "Outlet it belongs to."),
        "technician": storekeeper(ref("technician"), "Whose van; that phone holds its stock."),
    },
)

STOCK_LEVEL = Entity(
    root="stock",
    meaning="How many of one part lie at one place: the sum of its moves.",
    fields={
        "location": system(ref("stock_location"), "Where.", required=True),
        "part": system(ref("part"), "What.", required=True),
        "balance": balance(integer(), "How many. Below zero: both facts stand, and a recount follows."),
        "least": storekeeper(integer(0), "Below this it is replenished."),
    },
)

STOCK_MOVE = Entity(
    root=ANY_ROOT,
    meaning="Parts that moved, as a ledger: in the work order on a job, else in stock/<place>. It is never changed.",
    fields={
        "part": once(ref("part"), "What.", required=True),
        "quantity": once(integer(1, MOST_PIECES), "How many.", required=True),
        "kind": once(
            choice("use", "take_back", "receipt", "issue", "transfer", "return", "count"),
            "Why it moved.",
            required=True,
        ),
        "from_location": once(ref("stock_location"), "From where; empty: from outside."),
        "to_location": once(ref("stock_location"), "To where; empty: used or gone."),
        "counted_from": once(
            integer(-MOST_HELD, MOST_HELD), "For a count: the balance that the counter saw."
        ),
        "counted_to": once(integer(0, MOST_PIECES), "For a count: what really lay there."),
        "visit": once(ref("visit"), "On which visit."),
        "serial": once(text(80), "Serial number of the piece."),
        "price_fen": once(fen(), "Price at which it was given."),
        "under_warranty": once(boolean(), "Whether the warranty bears it."),
        "moved_at": once(instant(), "When, by the device's clock."),
        "moved_by": once(text(64), "Who."),
        "note": once(personal(text(400)), "Anything else."),
    },
)

ENTITIES = {
    "part": PART,
    "stock_location": STOCK_LOCATION,
    "stock_level": STOCK_LEVEL,
    "stock_move": STOCK_MOVE,
}
