"""Conditional requests (RFC 9110, section 13)."""

from __future__ import annotations


def matches(condition: str, etag: str) -> bool:
    """Whether If-None-Match names the representation; weak and strong tags compare alike here."""
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return etag in tags or "*" in tags
