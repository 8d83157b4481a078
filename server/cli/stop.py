"""Why a command ends without having done its work."""

from __future__ import annotations

from server.told import Told


class Stop(Told):
    """It could not be done, or was refused."""


class WrongArgument(Stop):
    """What was typed cannot be meant; the message names what can."""
