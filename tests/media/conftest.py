"""Servers for the tests of uploads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.media.server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server that the tests of one file share; each test uses a media id of its own."""
    started = Server(tmp_path_factory.mktemp("uploads"), max_size_bytes=50_000_000).start()
    yield started
    started.kill()


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Servers of one's own, killed at the end."""
    made: list[Server] = []

    def make(**setup: Any) -> Server:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Server(folder, **setup))
        return made[-1]

    yield make
    for each in made:
        each.kill()


@pytest.fixture
def media(request: pytest.FixtureRequest) -> str:
    """A media id that belongs to this test alone."""
    return "".join(letter if letter.isalnum() else "-" for letter in request.node.name)[-60:].strip("-")
