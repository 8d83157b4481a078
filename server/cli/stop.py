"""Why a command ends without having done its work."""

from __future__ import annotations

from mobile_api.problem import Phrase


class Stop(Exception):
    """It could not be done, or was refused. The message is one sentence for the person at the terminal."""

    def __init__(self, message: str | Phrase) -> None:
        super().__init__(message.en if isinstance(message, Phrase) else message)
        self._message = message

    def said(self, language: str) -> str:
        """The sentence in `zh` or `en`; what the machine said itself stays as it is."""
        return self._message.said(language) if isinstance(self._message, Phrase) else self._message


class WrongArgument(Stop):
    """What was typed cannot be meant; the message names what can."""
