"""Why a command ends without having done its work."""

from __future__ import annotations


class Stop(Exception):
    """It could not be done, or was refused. The message is one sentence for the person at the terminal."""


class WrongArgument(Stop):
    """What was typed cannot be meant; the message names what can."""
