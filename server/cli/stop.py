"""Why a command ends without having done its work."""

from __future__ import annotations


class Stop(Exception):
    """The message is one sentence for the person at the terminal."""
