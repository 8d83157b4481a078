"""Accounts and desk sessions on both databases."""

from __future__ import annotations

import msgspec
import pytest

from server.db.accounts import Account, Accounts, LoginTaken
from server.db.open import SqlStore
from server.db.sessions import Sessions

NOON, ONE, TWO = "2026-03-01T12:00:00.000Z", "2026-03-01T13:00:00.000Z", "2026-03-01T14:00:00.000Z"
LI = Account(
    id="u1",
    login="Li.Na",
    display_name="李娜",
    roles=("dispatcher", "supervisor"),
    password_hash="hash",
    locale="zh-CN",
)


@pytest.fixture
def accounts(store: SqlStore) -> Accounts:
    return Accounts(store.database)


@pytest.fixture
def sessions(store: SqlStore, accounts: Accounts) -> Sessions:
    """With one session of Li Na that lasts until one o'clock."""
    accounts.put(LI)
    sessions = Sessions(store.database)
    sessions.open("token", "u1", "csrf", now=NOON, expires_at=ONE)
    return sessions


def test_an_account_is_found_by_its_login_in_any_case(accounts: Accounts) -> None:
    accounts.put(LI)
    kept = msgspec.structs.replace(LI, login="li.na")
    assert accounts.by_login("LI.NA") == kept
    assert accounts.get("u1") == kept
    assert accounts.all() == [kept]
    assert accounts.by_login("nobody") is None


def test_a_login_belongs_to_one_account(accounts: Accounts) -> None:
    accounts.put(LI)
    with pytest.raises(LoginTaken):
        accounts.put(Account(id="u2", login="LI.na", display_name="李楠", roles=()))


def test_a_session_tells_who_sits_there_until_it_expires(sessions: Sessions) -> None:
    found = sessions.find("token", NOON)
    assert found is not None
    assert (found.account, found.csrf, found.roles) == ("u1", "csrf", ("dispatcher", "supervisor"))
    assert sessions.find("token", ONE) is None
    assert sessions.find("other", NOON) is None


def test_a_session_lasts_longer_when_it_is_used(sessions: Sessions) -> None:
    sessions.extend("token", TWO)
    assert sessions.find("token", ONE) is not None


def test_signing_out_ends_the_session_for_good(sessions: Sessions) -> None:
    sessions.end("token")
    sessions.extend("token", TWO)
    assert sessions.find("token", NOON) is None


@pytest.mark.parametrize("change", [{"disabled": True}, {"password_hash": "another"}])
def test_disabling_or_a_new_password_ends_every_session(
    change: dict[str, object], accounts: Accounts, sessions: Sessions
) -> None:
    accounts.put(msgspec.structs.replace(LI, **change))
    accounts.put(msgspec.structs.replace(LI, password_hash="another"))
    assert sessions.find("token", NOON) is None


def test_another_name_ends_no_session(accounts: Accounts, sessions: Sessions) -> None:
    accounts.put(msgspec.structs.replace(LI, display_name="李娜 (上海)"))
    found = sessions.find("token", NOON)
    assert found is not None and found.display_name == "李娜 (上海)"
