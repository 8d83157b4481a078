"""Uploads that nobody goes on with are given up by a server that runs; how one expires is `media`'s own proof."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from media.refusal import StoreAway
from media.register import UploadChanged
from media.uploads import Uploads
from server.upload_expiry import UploadExpiry
from tests.server.live import Live


class Pages:
    """Uploads that expire a page at a time, or fail."""

    def __init__(self, *answers: int | Exception) -> None:
        self._answers = list(answers)

    def expire(self) -> int:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sweep(self) -> int:
        return 0


def expiry(*answers: int | Exception) -> UploadExpiry:
    return UploadExpiry(cast(Uploads, Pages(*answers)))


def test_all_pages_are_given_up() -> None:
    assert expiry(200, 200, 3, 0).look() == 403


@pytest.mark.parametrize("problem", [UploadChanged("u1"), StoreAway("away")])
def test_an_upload_that_goes_on_meanwhile_or_a_store_that_is_away_ends_the_look(problem: Exception) -> None:
    assert expiry(200, problem).look() == 200


def test_a_running_server_looks_every_hour(live: Live) -> None:
    jobs: Callable[[], list[Any]] = live.service.upload_expiry._ticker._scheduler.get_jobs

    (job,) = jobs()

    assert job.trigger.interval.total_seconds() == 3600
