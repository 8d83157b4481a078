"""Whether a Chinese sentence is Chinese: what stands in it in Latin letters is a quoted name or a term of the trade."""

from __future__ import annotations

import re

_TERMS = re.compile(r"\b(?:JSON|UTC|UTF-8|ASCII|IANA|base64url|base64)\b")
"""What has no other name in Chinese."""
_NAME = re.compile(r"“[\w.\[\]/:+'-]*”")
"""A name of ours, in one piece: an English sentence cannot hide between these quotes."""
_WORD = re.compile(r"[A-Za-z]{3,}")
_CHINESE = re.compile("[一-鿿]")


def foreign_words(sentence: str) -> list[str]:
    """Words of three or more Latin letters that are neither; the whole sentence where nothing in it is Chinese."""
    if not _CHINESE.search(sentence):
        return [sentence]
    return _WORD.findall(_TERMS.sub("", _NAME.sub("", sentence)))
