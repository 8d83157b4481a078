"""A link names nothing, and no other one than those given out is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.public.link import Links

SECRET = "a secret that only tests know, 32 characters or more"
ID = "message-" + "0123456789abcdef" * 2
LINKS = Links(SECRET, "https://service.example")


def token(links: Links = LINKS) -> str:
    """Of the one message."""
    return links.url(ID).rpartition("/")[2]


def test_a_link_leads_back_to_its_message() -> None:
    assert LINKS.url(ID).startswith("https://service.example/c/")
    assert LINKS.read(token()) == ID


def test_under_another_secret_it_is_none() -> None:
    assert Links(SECRET + "!", "https://service.example").read(token()) is None


@given(place=st.integers(0, 42), letter=st.sampled_from("ABab01-_"))
def test_any_other_letter_makes_it_none(place: int, letter: str) -> None:
    good = token()
    forged = good[:place] + letter + good[place + 1 :]
    assert LINKS.read(forged) == (ID if forged == good else None)


@given(st.text(max_size=80))
def test_what_was_never_given_out_is_none(text: str) -> None:
    assert LINKS.read(text) is None or text == token()


def test_an_id_that_no_message_has_gets_no_link() -> None:
    with pytest.raises(ValueError, match="not the id"):
        LINKS.url("message-../../x")
