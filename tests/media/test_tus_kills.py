"""The real server is killed at every step that changes something; acknowledged offsets never decrease."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Callable
from random import Random

import pytest

from tests.media.server import Answer, Server

CONTENT = Random(11).randbytes(40_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
CHECKPOINT_BYTES = 10_000


class Promises:
    """What the server has said so far; it may not take any of it back."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self.is_stored = False

    def note(self, answer: Answer) -> None:
        assert answer.status < 300, answer.body
        assert answer.offset >= self.acknowledged, f"{answer.offset} after {self.acknowledged}"
        self.acknowledged = answer.offset


def upload(server: Server, promises: Promises) -> None:
    """As a phone does it: create, ask, send the rest in two requests. Raises when the server dies."""
    created = server.create(CONTENT)
    promises.note(created)
    head = server.head(created.location)
    promises.note(head)
    for end in (25_000, len(CONTENT)):
        if head.offset < end:
            head = server.patch(created.location, head.offset, CONTENT[head.offset : end])
            promises.note(head)
    assert server.blob(SHA256).read_bytes() == CONTENT
    promises.is_stored = True


def survive(server: Server, kill_at: int) -> str | None:
    """One kill at this step and as many restarts as it takes; the name of the step, None when it was not reached."""
    promises, trace = Promises(), server.setup.folder / "killed-at"
    server.start(kill_at=kill_at)
    try:
        upload(server, promises)
    except (OSError, http.client.HTTPException):
        server.wait()
    assert server.is_dead == trace.exists()
    server.kill()
    server.start(kill_at=0)
    upload(server, promises)
    assert server.told, "nobody was told"
    assert not list((server.setup.folder / "bytes" / "partial").iterdir()), "something is left behind"
    server.kill()
    return trace.read_text() if trace.exists() else None


def test_kills_at_every_step_never_take_back_an_offset(make_server: Callable[..., Server]) -> None:
    steps: list[str] = []
    for kill_at in range(1, 200):
        step = survive(make_server(checkpoint_bytes=CHECKPOINT_BYTES), kill_at)
        if step is None:
            break
        steps.append(step)
    else:
        raise AssertionError("the steps never ended")
    print(f"{len(steps)} kills: {' '.join(steps)}")
    assert len(steps) >= 20
    assert set(steps) >= {"write", "sync", "rename", "sync_folder", "add", "added", "replaced", "on_stored"}


def test_kills_at_random_moments_lose_nothing(make_server: Callable[..., Server]) -> None:
    """Again and again, in one upload, with the kill after a random number of steps."""
    random, promises = Random(3), Promises()
    server = make_server(checkpoint_bytes=CHECKPOINT_BYTES // 4)
    for _ in range(20):
        server.start(kill_at=random.randint(5, 40))
        try:
            upload(server, promises)
        except (OSError, http.client.HTTPException):
            server.wait()
        server.kill()
    server.start(kill_at=0)
    upload(server, promises)


def test_a_server_that_acknowledges_from_memory_is_caught(make_server: Callable[..., Server]) -> None:
    """The negative control: with kills at the same steps, this adapter must be found out."""

    def forgetful() -> Server:
        return make_server(checkpoint_bytes=CHECKPOINT_BYTES, is_forgetful=True)

    assert survive(forgetful(), kill_at=1000) is None, "without a kill it must look sound"
    with pytest.raises(AssertionError, match=r"\d+ after \d+|upload_gone"):
        for kill_at in range(20, 30):
            survive(forgetful(), kill_at)


@pytest.mark.parametrize("stored", [False, True])
def test_what_was_stored_before_a_kill_is_stored_after_it(
    make_server: Callable[..., Server], stored: bool
) -> None:
    server = make_server().start()
    created = server.create(CONTENT)
    server.patch(created.location, 0, CONTENT if stored else CONTENT[:-1])
    server.kill()
    server.start()
    assert server.head(created.location).offset == len(CONTENT) - (not stored)
    assert server.blob(SHA256).exists() == stored
