"""`/v1/desk/login`, `/logout` and `/me`: a password makes a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import anyio
import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from pydantic import BaseModel, StringConstraints

from mobile_api.attempt_limit import sender_of
from server.db.accounts import Account, Accounts
from server.db.sessions import Session
from server.desk.known_browser import KnownBrowsers
from server.desk.password import LONGEST, is_password
from server.desk.problems import SignInAttemptsExhausted, SignInRefused
from server.desk.roles import READERS
from server.desk.session import COOKIE, DeskSessions, signed_in
from server.desk.sign_in_limits import SignInLimits


class Credentials(BaseModel):
    """Who signs in."""

    login: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


class Me(msgspec.Struct, kw_only=True):
    """Who is signed in, and the token that unsafe requests must carry in `X-CSRF-Token`."""

    account: str
    display_name: str
    roles: tuple[str, ...]
    locale: str
    csrf: str
    expires_at: str
    epoch: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Everything that signing in needs."""

    accounts: Accounts
    sessions: DeskSessions
    browsers: KnownBrowsers
    limits: SignInLimits

    def check(self, given: Credentials, sender: str, browser: str) -> Account:
        """The account whose password this is. Raises SignInAttemptsExhausted, SignInRefused. May block.

        `browser` is what `KnownBrowsers.find` says.
        """
        login = plain(given.login)
        account = self.accounts.by_login(login)
        unlocked_at = (
            datetime.fromisoformat(account.unlocked_at).timestamp() if account and account.unlocked_at else 0
        )
        if wait_seconds := self.limits.enter(login, sender, browser, unlocked_at):
            raise SignInAttemptsExhausted({"Retry-After": str(wait_seconds)}, wait_seconds=wait_seconds)
        usable = account is not None and not account.disabled and not set(READERS).isdisjoint(account.roles)
        right = is_password(given.password, account.password_hash if account and usable else None)
        if account is None or not right:
            raise SignInRefused()
        self.limits.forgive(login, sender, browser)
        return account


def plain(login: str) -> str:
    """A login as accounts keep it."""
    return login.strip().lower()


def sign_in_routes(sign_in: SignIn, epoch: str) -> tuple[HTTPRouteHandler, list[HTTPRouteHandler]]:
    """The one route that needs no session, and those that do."""

    def me_of(session: Session) -> Me:
        return Me(**msgspec.structs.asdict(session), epoch=epoch)

    @post("/login", name="desk_login", status_code=200)
    async def login(data: JSONBody[Credentials], request: Request[Any, Any, Any]) -> Response[Me]:
        """Begin a session. A wrong name and a wrong password are told alike, and counted."""
        sender = sender_of(request.client.host if request.client else "")
        browser = sign_in.browsers.find(request.cookies, plain(data.login))
        account = await anyio.to_thread.run_sync(sign_in.check, data, sender, browser)
        before = request.cookies.get(COOKIE, "")
        session, cookie = await anyio.to_thread.run_sync(sign_in.sessions.begin, account, before)
        request.scope["state"]["account"] = account.id
        cookies = [cookie, sign_in.browsers.cookie(account.login, browser)]
        return Response(me_of(session), cookies=cookies, headers=_NOT_STORED)

    @post("/logout", name="desk_logout", status_code=204)
    async def logout(request: Request[Any, Any, Any]) -> Response[None]:
        """End this session; its streams close within seconds."""
        cookie = await anyio.to_thread.run_sync(sign_in.sessions.end, signed_in(request))
        return Response(None, status_code=204, cookies=[cookie], headers=_NOT_STORED)

    @get("/me", name="desk_me")
    async def me(request: Request[Any, Any, Any]) -> Response[Me]:
        """Who is signed in here."""
        return Response(me_of(signed_in(request).session), headers=_NOT_STORED)

    return login, [logout, me]


_NOT_STORED = {"Cache-Control": "no-store"}
