"""What the tests of the cases share: the order, and a customer's signature on it."""

from __future__ import annotations

from domain.commands.draft import create
from sync.outcome import Result
from tests.domain.world import NOW, World

W1 = "work_order/W1"


def parked(results: list[Result]) -> list[str]:
    return [one.reason for one in results if one.status == "parked"]


def sign(world: World, name: str = "VA", id: str = "SO1", **more: object) -> list:
    fields: dict[str, object] = {
        "visit": name,
        "outcome": "signed",
        "signed_at": NOW,
        "document": "{}",
        "document_sha256": "0" * 64,
        "statement": "{}",
        **more,
    }
    return [create("sign_off", id, W1, **fields)]
