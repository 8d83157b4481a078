"""What the process that opens strangers' files gives up before it opens one. Linux; elsewhere only the limits hold."""

from __future__ import annotations

import ctypes
import os
import resource
import signal

from media.inspection.limits import Limits

_DIE_WITH_PARENT = 1
_NO_NEW_PRIVILEGES = 38
_NEW_USERS = 0x10000000
_NEW_NETWORK = 0x40000000
_MOST_FILES = 64
_NICE = 10
_GRACE_SECONDS = 2
"""Between the signal that ends it for its use of the processor, and the one that nothing survives."""


def confine(limits: Limits) -> None:
    """Bound memory, processor, files; no network where the system lets a process give it up; die with the server."""
    os.umask(0o077)
    os.nice(_NICE)
    _limit(resource.RLIMIT_AS, limits.memory_bytes)
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + _GRACE_SECONDS)
    _limit(resource.RLIMIT_FSIZE, limits.output_bytes)
    _limit(resource.RLIMIT_NOFILE, _MOST_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    system = ctypes.CDLL(None)
    if hasattr(system, "prctl"):
        system.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if hasattr(system, "unshare"):
        # An empty network of its own. Some containers forbid it; the demuxers that open addresses are off anyway.
        system.unshare(_NEW_USERS | _NEW_NETWORK)


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    _, most = resource.getrlimit(what)
    wanted = hard or soft
    bound = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(what, (min(soft, bound), bound))
