"""A phone's signal: real HTTP that can be unplugged, cut in the middle, or lose a reply on its way back."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from doorstep_client import HttpTransport, Unreachable
from doorstep_client.transport import Answer
from sync.wire import SyncRequest

_CUT_SECONDS = 10


class Signal:
    """See `doorstep_client.transport.Transport`. Without signal no byte leaves the phone."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._http = HttpTransport(base_url)
        self.has_signal = True
        self.loses_next_reply = False
        """The next exchange reaches the server, and its answer never comes back."""
        self.goes_after_exchange = False
        """The signal is gone once the next exchange is answered."""
        self.cuts_next_chunk = False
        """The next chunk of a file breaks off in its middle."""
        self.exchanges = 0
        self.bytes_up = 0
        self.bytes_down = 0
        self.cuts = 0
        self.batch_size = 0
        """Operations in the largest batch that this phone has sent."""
        self.last_reply = b""
        """The last answer to an exchange, as it came."""
        self._batch: tuple[dict[str, str], bytes] | None = None

    def send(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send, unless there is no signal."""
        if not self.has_signal:
            raise Unreachable("no signal")
        if method == "PATCH" and self.cuts_next_chunk:
            self._cut(address, headers, body)
        answer = self._http.send(method, address, headers, body)
        self.bytes_up += len(body)
        self.bytes_down += int(answer.headers.get("content-length") or len(answer.body))
        if address == "/v1/sync":
            self.last_reply = answer.body
            self._exchanged(dict(headers), body)
        return answer

    def repeat_batch(self) -> Answer:
        """Send the very bytes of the largest batch once more, as a confused network would."""
        if self._batch is None:
            raise RuntimeError("nothing was sent yet")
        self.exchanges += 1
        return self._http.send("POST", "/v1/sync", *self._batch)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def _exchanged(self, headers: dict[str, str], body: bytes) -> None:
        self.exchanges += 1
        plain = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        operations = len(msgspec.json.decode(plain, type=SyncRequest).push.ops)
        if operations >= max(1, self.batch_size):
            self.batch_size, self._batch = operations, (headers, body)
        if self.goes_after_exchange:
            self.goes_after_exchange, self.has_signal = False, False
        if self.loses_next_reply:
            self.loses_next_reply = False
            raise Unreachable("the reply was lost on its way")

    def _cut(self, address: str, headers: Mapping[str, str], body: bytes) -> None:
        """Announce the whole chunk, send half of it, and hang up."""
        self.cuts_next_chunk = False
        self.cuts += 1
        server = urlsplit(self._base_url)
        path = urlsplit(address).path
        head = [f"PATCH {path} HTTP/1.1", f"Host: {server.netloc}", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        with socket.create_connection((server.hostname or "", server.port or 80), _CUT_SECONDS) as line:
            line.sendall("\r\n".join([*head, "", ""]).encode() + body[: len(body) // 2])
        raise Unreachable("the connection broke in the middle of a file")
