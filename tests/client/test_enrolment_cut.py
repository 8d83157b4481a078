"""An enrolment that is cut off between its two requests: the code is used up, the phone must not be lost with it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from doorstep_client import Unreachable
from doorstep_client.transport import Answer
from tests.client.conftest import OpenPhone
from tests.client.server import Server


class _SchemaIsCut:
    """Carries everything but the first answer of the schema."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._cuts = 1

    def send(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        if address == "/v1/schema" and self._cuts:
            self._cuts -= 1
            raise Unreachable("the answer was lost")
        return self._server.send(method, address, headers, body)


def test_a_schema_that_did_not_come_with_the_enrolment_comes_with_the_first_exchange(
    open_phone: OpenPhone, server: Server
) -> None:
    phone = open_phone("a", _SchemaIsCut(server))
    with pytest.raises(Unreachable):
        phone.enrol("CODE-A", "Alice's phone", "test")
    phone.sync()
    phone.author("job", "j1", set={"phone": "200"})
    phone.sync()
    assert server.record().fields["phone"] == "200"
