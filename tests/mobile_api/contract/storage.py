"""What an adapter's tests hand to the contract suites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mobile_api.ports import Devices, Enrolments, NewPhone, Quarantine, Snapshots

KEY_A = b'{"crv":"P-256","kty":"EC","x":"a","y":"a"}'
KEY_B = b'{"crv":"P-256","kty":"EC","x":"b","y":"b"}'
NOON, ONE, TWO = "2026-03-01T12:00:00.000Z", "2026-03-01T13:00:00.000Z", "2026-03-01T14:00:00.000Z"


class IssueCode(Protocol):
    """Make a code valid for a user who exists with these roles (the adapter's test creates the user)."""

    def __call__(self, code_digest: str, user: str, roles: tuple[str, ...], expires_at: str) -> None: ...


class PutSnapshot(Protocol):
    """Store a snapshot that these users may read; returns its SHA-256 in hexadecimal."""

    def __call__(self, data: bytes, readers: set[str]) -> str: ...


@dataclass(frozen=True)
class Storage:
    """One empty database behind all ports, and what the server does to it from the other side."""

    enrolments: Enrolments
    devices: Devices
    quarantine: Quarantine
    snapshots: Snapshots
    issue: IssueCode
    put_snapshot: PutSnapshot


def new_phone(device: str = "device-1", public_key: bytes = KEY_A) -> NewPhone:
    """A phone that asks to be enrolled."""
    return NewPhone(device=device, public_key=public_key, name="Li's phone", platform="Android 16")
