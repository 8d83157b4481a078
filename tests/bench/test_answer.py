"""Where an HTTP answer ends: a generator that is wrong here measures nothing."""

from __future__ import annotations

import pytest

from bench.answer import Answer

COUNTED = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n again\r\n0\r\n\r\n"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "body"), [(COUNTED, b"hello"), (CHUNKED, b"hello again"), (NOT_MODIFIED, b"")]
)
@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_an_answer_is_complete_with_its_last_byte(sent: bytes, body: bytes, piece: int) -> None:
    answer = Answer(keep=True)
    pieces = [sent[start : start + piece] for start in range(0, len(sent), piece)]
    assert [answer.take(one) for one in pieces] == [False] * (len(pieces) - 1) + [True]
    assert answer.body == body
    assert answer.is_success


def test_a_refusal_is_no_success() -> None:
    answer = Answer()
    assert answer.take(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
    assert not answer.is_success


def test_a_cut_connection_is_an_error() -> None:
    answer = Answer()
    answer.take(COUNTED[:-2])
    with pytest.raises(RuntimeError, match="closed the connection"):
        answer.take(b"")
