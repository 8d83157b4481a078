"""What the phones' routes are tuned by; `server.bootstrap` fills it from the one settings object."""

from __future__ import annotations

from dataclasses import dataclass, field

from mobile_api.stall import PACE, LeastPace


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileSettings:
    """Limits and lifetimes, with their defaults."""

    secret: str = field(repr=False)
    """The server's secret; the keys of tokens, nonces and codes are derived from it."""
    access_token_seconds: int = 900
    nonce_days: int = 90
    max_sync_body_bytes: int = 8 * 1024 * 1024
    """Of one exchange, before and after decompression alike."""
    quarantine_bytes_per_device: int = 16 * 1024 * 1024
    compress_from_bytes: int = 1024
    """Smaller answers fit a packet or two and are sent as they are."""
    body_stall_seconds: float = 30.0
    """How long a request may stay silent in the middle of its body."""
    body_pace: LeastPace = PACE
    """How slow a body may be in all."""
    heard_every_seconds: int = 60
    """A phone that only polls, with an unchanged outbox, is noted this often."""
    engine_threads: int = 8
    retry_after_seconds: int = 5
    """Told to phones while the database cannot be reached."""
    code_failures_per_address: int = 10
    code_failures_in_all: int = 600
    code_failure_window_seconds: int = 600
    """Wrong enrolment codes are counted over this long."""
