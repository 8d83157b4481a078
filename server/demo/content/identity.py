"""Stable record ids: the same kind and key always give the same UUID, so a demo can be built again over itself."""

from __future__ import annotations

from uuid import UUID, uuid5

NAMESPACE = UUID("5d2c9a50-6f0e-5b7a-9a55-d0035e7e0001")


def stable_id(kind: str, *key: object) -> str:
    """UUID text, deterministic from `kind` and `key`."""
    return str(uuid5(NAMESPACE, ":".join((kind, *map(str, key)))))
