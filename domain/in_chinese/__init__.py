"""What fields and choices are called in Chinese, where people read them; English readers get the codes' own words."""

from __future__ import annotations

from domain.in_chinese.choices import CHOICES
from domain.in_chinese.fields import FIELDS


def field_name(code: str, language: str) -> str:
    """A field or a member of a group, such as `exec_state`; its own words where nobody has named it yet."""
    return FIELDS.get(code, _words(code)) if language == "zh" else _words(code)


def choice_name(code: str, language: str) -> str:
    """A state or another choice, such as `traveling`; its own words where nobody has named it yet."""
    return CHOICES.get(code, _words(code)) if language == "zh" else _words(code)


def _words(code: str) -> str:
    return code.replace("_", " ")
