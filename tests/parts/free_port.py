"""A TCP port on the loopback address that nothing listened on a moment ago."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port that the kernel just gave out and took back.

    Another process may take it before the caller does: whoever binds it retries with a new one.
    """
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
