"""Passwords that everybody tries first are refused; whatever else somebody thinks of is taken as it is."""

from __future__ import annotations

import httpx
import pytest

from server.desk.common_password import is_common
from server.desk.password import LONGEST, PasswordUnfit, is_password, password_hash
from tests.server.live import Live

COMMON = [
    "1234567890", "0987654321", "12345678910", "123123123123", "1111111111", "aaaaaaaaaaaa", "abcabcabcabc",
    "qwertyuiop", "QwertyUiop", "poiuytrewq", "asdfghjkl;1", "1q2w3e4r5t", "1qaz2wsx3edc", "q1w2e3r4t5y6",
    "password123", "Password2024!", "P@ssw0rd123", "administrator", "admin@123456", "woaini1314520", "a123456789",
    "qq123456789", "iloveyou1234", "!welcome2026", "doorstep2026", "2026-11-22!!", "1234 5678 90", "abcdefghij",
]  # fmt: skip
UNCOMMON = [
    "correct horse battery", "a long password", "Bv7-kQ2m_xPz", "门口的老槐树二十三年", "password of my aunt",
    "qwertyuio and p", "12 monkeys in 4 trees",
]  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_what_everybody_tries_is_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize("password", UNCOMMON)
def test_what_somebody_thinks_of_is_not(password: str) -> None:
    assert not is_common(password)


def test_a_common_password_is_refused_at_desk_and_terminal(
    live: Live, desks: dict[str, httpx.Client]
) -> None:
    body = {"login": "newcomer", "display_name": "新人", "roles": ["intake"], "password": "Password2024!"}
    made = desks["admin"].post("/v1/desk/accounts", json=body, headers={"Accept-Language": "zh-CN"})
    changed = desks["admin"].patch("/v1/desk/accounts/u-auditor", json={"password": "1234567890"})

    for answer in (made, changed):
        assert answer.status_code == 400
        assert (answer.json()["details"]["field"], answer.json()["details"]["fault"]) == (
            "password",
            "too_common",
        )
    assert "太常见" in made.json()["detail"]
    with pytest.raises(PasswordUnfit):
        password_hash("Password2024!")


def test_every_character_of_a_long_password_counts() -> None:
    password = "长" * 63 + "a b\tc" + "x" * (LONGEST - 68)
    known = password_hash(password)

    assert is_password(password, known)
    assert not is_password(password[:-1], known)
    assert not is_password(password.upper(), known)
    assert not is_password(password.strip() + " ", known)
