"""Accounts: who may sign in, in which roles. For administrators."""

from __future__ import annotations

from typing import Annotated, Any

import anyio
import msgspec
from litestar import Request, Response, Router, get, patch, post
from litestar.params import FromPath, JSONBody
from pydantic import Field, StringConstraints, field_validator

from server.db.accounts import LOCALES, LOGIN_PATTERN, Account, Accounts
from server.db.accounts import LoginTaken as Taken
from server.desk.common_password import is_common
from server.desk.desk import Body, Id, Line
from server.desk.idempotency import NewId
from server.desk.page import Page
from server.desk.password import LONGEST, SHORTEST, password_hash
from server.desk.problems import AccountExists, LoginTaken, OwnAccount, RecordMissing
from server.desk.roles import READERS, ROLES
from server.desk.session import signed_in, takes
from sync.fault import line

Login = Annotated[str, StringConstraints(pattern=LOGIN_PATTERN)]
Password = Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST)]
Locale = Annotated[str, Field(max_length=16, description=" | ".join(LOCALES))]
Roles = Annotated[list[str], Field(min_length=1, max_length=len(ROLES))]


class AccountShown(msgspec.Struct, kw_only=True):
    """An account; never its password."""

    id: str
    login: str
    display_name: str
    roles: tuple[str, ...]
    locale: str
    disabled: bool
    signs_in: bool
    """Whether it can sign in at a desk: it has a password and a desk's role, and is not disabled."""


class _Person(Body):
    @field_validator("roles", check_fields=False)
    @classmethod
    def _known(cls, roles: list[str] | None) -> list[str] | None:
        unknown = [role for role in roles or [] if role not in ROLES]
        if unknown:
            raise ValueError(line("not_one_of", "", ", ".join(ROLES)))
        return roles

    @field_validator("password", check_fields=False)
    @classmethod
    def _fit(cls, password: str | None) -> str | None:
        if password is not None and not password.strip():
            raise ValueError(line("only_blanks", ""))
        if password is not None and is_common(password):
            raise ValueError(line("too_common", ""))
        return password

    @field_validator("locale", check_fields=False)
    @classmethod
    def _spoken(cls, locale: str | None) -> str | None:
        if locale and locale not in LOCALES:
            raise ValueError(line("not_one_of", "", ", ".join(LOCALES)))
        return locale


class NewAccount(_Person):
    """A person. A technician's id is that of their technician record."""

    id: Id | None = None
    login: Login
    display_name: Line
    roles: Roles
    password: Password | None = None
    locale: Locale = ""


class AccountChange(_Person):
    """What changes. A new password and a disabled account end all sessions at once."""

    display_name: Line | None = None
    roles: Roles | None = None
    password: Password | None = None
    locale: Locale | None = None
    disabled: bool | None = None


def account_routes(accounts: Accounts, new_id: NewId) -> Router:
    """Under `/v1/desk/accounts`."""

    @get("/", name="desk_list_accounts", guards=[takes("admin", "auditor", "supervisor")])
    async def listed() -> Page[AccountShown]:
        """All accounts, by login."""
        return Page(items=[_shown(one) for one in await anyio.to_thread.run_sync(accounts.all)])

    @post("/", name="desk_make_account", guards=[takes("admin")], status_code=201)
    async def make(data: JSONBody[NewAccount]) -> Response[AccountShown]:
        """Make an account."""

        def put() -> Account:
            id = data.id or new_id()
            if accounts.get(id) is not None:
                raise AccountExists(id=id)
            account = Account(
                id=id,
                login=data.login.lower(),
                display_name=data.display_name,
                roles=tuple(dict.fromkeys(data.roles)),
                password_hash=password_hash(data.password) if data.password else "",
                locale=data.locale,
            )
            return _put(accounts, account)

        return Response(_shown(await anyio.to_thread.run_sync(put)), status_code=201)

    @patch("/{account_id:str}", name="desk_change_account", guards=[takes("admin")])
    async def change(
        account_id: FromPath[str], data: JSONBody[AccountChange], request: Request[Any, Any, Any]
    ) -> AccountShown:
        """Change an account. Nobody disables themselves or gives up their own last administrator's role."""

        def put() -> Account:
            account = accounts.get(account_id)
            if account is None:
                raise RecordMissing(entity="account")
            loses_admin = data.roles is not None and "admin" not in data.roles
            if account.id == signed_in(request).account and (data.disabled or loses_admin):
                raise OwnAccount()
            given = {name: value for name, value in data.model_dump().items() if value is not None}
            if "password" in given:
                given["password_hash"] = password_hash(given.pop("password"))
            if "roles" in given:
                given["roles"] = tuple(dict.fromkeys(given["roles"]))
            return _put(accounts, msgspec.structs.replace(account, **given))

        return _shown(await anyio.to_thread.run_sync(put))

    return Router("/accounts", route_handlers=[listed, make, change])


def _put(accounts: Accounts, account: Account) -> Account:
    try:
        accounts.put(account)
    except Taken:
        raise LoginTaken() from None
    return account


def _shown(account: Account) -> AccountShown:
    desks = frozenset(READERS)
    return AccountShown(
        id=account.id,
        login=account.login,
        display_name=account.display_name,
        roles=account.roles,
        locale=account.locale,
        disabled=account.disabled,
        signs_in=bool(account.password_hash) and not account.disabled and not desks.isdisjoint(account.roles),
    )
