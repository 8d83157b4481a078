"""How long generated tests look: short by default, the same seeds each time; longer when asked."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = max(1, int(os.environ.get("DOORSTEP_SECURITY_EXAMPLES", "1")))


def looking(examples: int) -> settings:
    """So many examples, times `DOORSTEP_SECURITY_EXAMPLES`; a longer look takes other seeds each time."""
    return settings(
        max_examples=examples * TIMES,
        deadline=None,
        derandomize=TIMES == 1,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
