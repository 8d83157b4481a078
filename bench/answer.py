"""One HTTP answer as it comes in, no more of it understood than where it ends."""

from __future__ import annotations

_LAST_CHUNK = b"\r\n0\r\n\r\n"
_UNKNOWN = -1


class Answer:
    """Takes bytes until the answer is complete. With `keep` its body is kept, else only counted."""

    def __init__(self, keep: bool = False) -> None:
        self.head = b""
        self._keep = keep
        self._pieces: list[bytes] = []
        self._missing = _UNKNOWN
        self._chunked = False
        self._end = b""

    @property
    def is_success(self) -> bool:
        """A 2xx, or "not modified"."""
        return self.head[9:10] == b"2" or self.head[9:12] == b"304"

    @property
    def body(self) -> bytes:
        """What was kept."""
        body = b"".join(self._pieces)
        return _joined(body) if self._chunked else body

    def take(self, data: bytes) -> bool:
        """True when the answer is complete. Raises RuntimeError when the connection ended before."""
        if not data:
            raise RuntimeError(f"the server closed the connection: {self.head!r}")
        if self._missing == _UNKNOWN and not self._chunked:
            self.head += data
            head, found, data = self.head.partition(b"\r\n\r\n")
            if not found:
                return False
            self.head = head
            self._begin(head.lower())
        if self._keep:
            self._pieces.append(data)
        if self._chunked:
            # JSON holds no bare line break, so that these bytes stand nowhere else.
            self._end = (self._end + data)[-len(_LAST_CHUNK) :]
            return self._end == _LAST_CHUNK
        self._missing -= len(data)
        return self._missing <= 0

    def _begin(self, head: bytes) -> None:
        if b"\r\ntransfer-encoding: chunked" in head:
            # The line break of the head stands before the first chunk, which may be the last.
            self._chunked, self._end = True, b"\r\n"
            return
        start = head.find(b"\r\ncontent-length:")
        self._missing = int(head[start + 17 :].split(b"\r\n", 1)[0]) if start >= 0 else 0


def _joined(body: bytes) -> bytes:
    """The chunks without their sizes."""
    pieces, at = [], 0
    while True:
        line = body.index(b"\r\n", at)
        size = int(body[at:line], 16)
        if not size:
            return b"".join(pieces)
        pieces.append(body[line + 2 : line + 2 + size])
        at = line + 2 + size + 2
