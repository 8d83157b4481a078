"""An address in one line, as people write it: nothing twice, and no codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def one_line(address: Mapping[str, Any], language: str) -> str:
    """Province, city and line in Chinese, line, city and province in English; a language that is missing is replaced.

    What the line says itself is not said before it: many write the whole address there, and a city that is a province
    of its own has one name. The district is a code for programs.
    """
    zh = language == "zh"
    line = _said(address.get("line"), language)
    around: list[str] = []
    for name in ("province", "city"):
        part = _said(address.get(name), language)
        if part and part not in line and part not in around:
            around.append(part)
    parts = [*around, line] if zh else [line, *reversed(around)]
    return ("" if zh else ", ").join(part for part in parts if part)


def _said(text: object, language: str) -> str:
    if not isinstance(text, Mapping):
        return text.strip() if isinstance(text, str) else ""
    return (text.get(language) or text.get("zh") or text.get("en") or "").strip()
