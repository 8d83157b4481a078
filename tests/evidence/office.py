"""Orders that are signed on a phone, and the files that the desk hands out about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from domain.evidence.case import Outside
from domain.evidence.verdict import Verdict, judge
from server.evidence.key import ARITHMETIC
from tests.server.live import Live
from tests.server.orders import Orders
from tests.server.signing import ME, SigningPhone


@dataclass
class Office:
    """A server, its desks, and one phone."""

    live: Live
    desks: dict[str, httpx.Client]
    phone: SigningPhone

    def signed(self, **fields: Any) -> tuple[str, str]:
        """A fresh order whose customer was absent: (order, sign-off). `fields` replace what the record says."""
        orders = Orders(self.live, self.desks)
        order, visit = orders.assigned(ME)
        id = self.phone.sign(order, visit, **fields)
        done = len(self.phone.authored)
        results = self.phone.push(self.phone.authored[done - 1 :])["results"]
        assert results[0]["status"] == "applied", results
        return order, id

    def file(self, order: str, *, held: tuple[int, ...] = ()) -> bytes:
        """The file about an order, as an auditor gets it."""
        return self._got(f"/v1/desk/work-orders/{order}/evidence", held)

    def file_of_sign_off(self, id: str, *, held: tuple[int, ...] = ()) -> bytes:
        """The file about one sign-off."""
        return self._got(f"/v1/desk/sign-offs/{id}/evidence", held)

    def checkpoint(self) -> str:
        """The log's state, as anybody gets it."""
        return self.live.client().get("/v1/log/checkpoint").text

    def _got(self, path: str, held: tuple[int, ...]) -> bytes:
        answer = self.desks["auditor"].get(path, params=[("held", size) for size in held])
        assert answer.status_code == 200, answer.text
        return answer.content


def judged(file: bytes, outside: Outside | None = None) -> Verdict:
    """The product's own verdict."""
    return judge(file, ARITHMETIC, outside or Outside())
