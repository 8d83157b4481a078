"""Who may hold what, said a second time and in the simplest words: the most that anybody may ever be sent."""

from __future__ import annotations

from sim.books import Books

CATALOGUE = "catalogue/"


def may_hold(books: Books, user: str, aggregate: str) -> bool:
    """Whether the records themselves give the user a reason to hold an aggregate."""
    kind, _, id = aggregate.partition("/")
    profile = books.record("technician", user)
    works_here = (
        profile is not None and not profile["deleted"] and profile["fields"].get("active") is not False
    )
    match kind:
        case "self":
            return works_here and id == user
        case "catalogue":
            return works_here
        case "stock":
            return works_here and profile is not None and profile["fields"].get("van") == id
        case "work_order":
            return _has_job(books, user, id)
        case "site" | "customer":
            return any(
                order["fields"].get(kind) == id and _has_job(books, user, order["id"])
                for order in books.of("work_order")
            )
        case _:
            return False


def _has_job(books: Books, user: str, id: str) -> bool:
    order = books.record("work_order", id)
    if order is None or order["deleted"]:
        return False
    fields = order["fields"]
    if (
        fields.get("opened_by") == user
        and fields.get("closing") is None
        and fields.get("cancellation") is None
    ):
        return True
    return any(
        visit["fields"]["technician"] == user
        and visit["fields"]["dispatch_state"] == "dispatched"
        and visit["fields"]["exec_state"] != "declined"
        for visit in books.of("visit", f"work_order/{id}")
    )
