"""Notes and checkpoints are those that other people's tools read and write."""

from __future__ import annotations

import pytest

from server.evidence.key import is_ed25519, log_host, log_key
from sync.log.checkpoint import Checkpoint, read_checkpoint
from sync.log.note import NoNote, read_key, signer, split_note
from tests.evidence import standalone

PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""From the documentation of Go's golang.org/x/mod/sumdb/note."""


def test_a_note_that_others_signed_is_read() -> None:
    key = read_key(PUBLISHED_KEY)
    text, (line,) = split_note(PUBLISHED_NOTE)

    assert signer(text, line, [key], is_ed25519) == key
    assert signer(text.replace("your", "my"), line, [key], is_ed25519) is None
    assert key.encoded() == PUBLISHED_KEY
    alone = standalone.note.key_from(PUBLISHED_KEY)
    assert standalone.note.who_signed(text, line, [alone]) == alone


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b",
        "a+c74f20a3+",
        PUBLISHED_KEY[:-4],
        PUBLISHED_KEY.replace("c7", "c8"),
        " x" + PUBLISHED_KEY,
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoNote):
        read_key(text)
    with pytest.raises(standalone.note.Bad):
        standalone.note.key_from(text)


def test_a_checkpoint_is_read_back_and_signed_the_same_each_time() -> None:
    key, state = log_key("a secret"), Checkpoint("service.example.com/log/e1", 7, bytes(range(32)))

    note = key.checkpoint(state)
    found, text, lines = read_checkpoint(note)

    assert found == state and note == key.checkpoint(state)
    assert signer(text, lines[0], [key.named(state.origin)], is_ed25519) is not None
    assert standalone.note.checkpoint_from(note)[0] == (state.origin, state.size, state.root)


@pytest.mark.parametrize(
    "body",
    [
        "o\n7\n\n",
        "o\n07\nAAAA\n",
        "o\n-1\nAAAA\n",
        "o\n7\nAAAA\n",
        "o\n7\n" + "A" * 43 + "=\nmore\n",
        "o\nx\n" + "A" * 43 + "=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(body: str) -> None:
    note = f"{body}\n— o AAAA\n"
    with pytest.raises(NoNote):
        read_checkpoint(note)
    with pytest.raises(standalone.note.Bad):
        standalone.note.checkpoint_from(note)


def test_another_secret_is_another_key() -> None:
    assert log_key("a secret").public() != log_key("another secret").public()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://service.example.com", "service.example.com"),
        ("https://service.example.com/doorstep/", "service.example.com/doorstep"),
        ("http://127.0.0.1:8400", "127.0.0.1:8400"),
        ("https://me:pw@service.example.com", "service.example.com"),
    ],
)
def test_a_log_is_named_after_the_address(address: str, name: str) -> None:
    assert log_host(address) == name
