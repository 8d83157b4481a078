"""The company that most tests of this folder begin with."""

from __future__ import annotations

import pytest

from tests.domain.world import World


@pytest.fixture
def world() -> World:
    """A fresh one, in memory."""
    return World()
