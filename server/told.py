"""Failures that end with one sentence for a person, in that person's language."""

from __future__ import annotations

from mobile_api.problem import Phrase


class Told(Exception):
    """Its message is one sentence. What the machine or a file said itself has one language."""

    def __init__(self, message: str | Phrase) -> None:
        super().__init__(message.en if isinstance(message, Phrase) else message)
        self._message = message

    def said(self, language: str) -> str:
        """The sentence in `zh` or `en`."""
        return self._message.said(language) if isinstance(self._message, Phrase) else self._message
