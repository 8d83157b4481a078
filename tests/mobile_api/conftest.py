"""A live company with one job for alice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.mobile_api.live import Company, Phone, serving


@pytest.fixture
def start() -> Iterator[Callable[..., Company]]:
    """Start a company with settings of the test's own."""
    with ExitStack() as stack:

        def started(**settings: Any) -> Company:
            company = Company(**settings)
            company.port = stack.enter_context(serving(company.app()))
            company.job("j1")
            return company

        yield started


@pytest.fixture
def company(start: Callable[..., Company]) -> Company:
    """A running company with default settings."""
    return start()


@pytest.fixture
def phone(company: Company) -> Phone:
    """Alice's phone."""
    return company.phone()
