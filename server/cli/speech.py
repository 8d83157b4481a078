"""In which language the command line speaks, and how its sentences are filled in.

`DOORSTEP_LANGUAGE` decides; without it the terminal's own locale (`LC_ALL`, `LC_MESSAGES`, `LANG`), as everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from mobile_api.problem import Phrase

_ASKED = ("DOORSTEP_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def language(environ: Mapping[str, str] | None = None) -> str:
    """`zh` or `en`; English where nothing is said."""
    said = os.environ if environ is None else environ
    first = next((said[name] for name in _ASKED if said.get(name)), "")
    return "zh" if first.lower().startswith("zh") else "en"


def filled(phrase: Phrase, **facts: object) -> Phrase:
    """The phrase with its `{facts}`; a fact that is a phrase itself is told in each language."""
    return Phrase(
        phrase.en.format(**{name: _in(fact, "en") for name, fact in facts.items()}),
        phrase.zh.format(**{name: _in(fact, "zh") for name, fact in facts.items()}),
    )


def say(phrase: Phrase, **facts: object) -> None:
    """Print it at once: whoever reads a pipe sees how far it is."""
    print(filled(phrase, **facts).said(language()), flush=True)


def _in(fact: object, language: str) -> object:
    return fact.said(language) if isinstance(fact, Phrase) else fact
