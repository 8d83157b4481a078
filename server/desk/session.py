"""Who sits at the desk: a session by cookie, and for unsafe methods the token that only our own pages can send."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import anyio
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Guard

from mobile_api.clock import Clock, instant
from mobile_api.problem import Unauthorized, preferred_language
from mobile_api.problem_handlers import READER_LANGUAGE
from server.db.accounts import Account
from server.db.sessions import Session, Sessions
from server.desk.problems import CsrfTokenMissing, RoleMissing

COOKIE = "doorstep_session"
CSRF_HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sent a request, by which session."""

    token_hash: str
    session: Session

    @property
    def account(self) -> str:
        """The person's id."""
        return self.session.account

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.session.roles)


class DeskSessions:
    """Begins, recognises and ends sessions."""

    def __init__(self, sessions: Sessions, clock: Clock, hours: int, is_https: bool) -> None:
        self._sessions = sessions
        self._clock = clock
        self._seconds = int(timedelta(hours=hours).total_seconds())
        self._is_https = is_https

    def begin(self, account: Account, instead_of: str = "") -> tuple[Session, Cookie]:
        """A new session, and the cookie that carries its token. May block.

        The session of the token `instead_of` ends, whosever it was: the same browser now is somebody anew.
        """
        if instead_of:
            self._sessions.end(_digest(instead_of))
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._clock()
        session = Session(
            account=account.id,
            csrf=secrets.token_urlsafe(_TOKEN_BYTES),
            expires_at=instant(now + self._seconds),
            display_name=account.display_name,
            roles=account.roles,
            locale=account.locale,
        )
        self._sessions.open(
            _digest(token),
            account.id,
            session.csrf,
            now=instant(now),
            expires_at=session.expires_at,
        )
        return session, self._cookie(token, self._seconds)

    def end(self, signed_in: SignedIn) -> Cookie:
        """Forget the session. Returns the cookie that makes the browser forget it too. May block."""
        self._sessions.end(signed_in.token_hash)
        return self._cookie("", 0)

    def find(self, token: str) -> SignedIn | None:
        """Whose token this is; None when its session has ended or the account is disabled. May block."""
        token_hash = _digest(token)
        found = self._sessions.find(token_hash, instant(self._clock()))
        return SignedIn(token_hash, found) if found else None

    def still(self, signed_in: SignedIn) -> bool:
        """Whether the session still stands, with the roles that it had. May block."""
        found = self._sessions.find(signed_in.token_hash, instant(self._clock()))
        return found is not None and found.roles == signed_in.session.roles

    def _cookie(self, value: str, seconds: int) -> Cookie:
        return Cookie(
            key=COOKIE,
            value=value,
            path="/",
            max_age=seconds,
            httponly=True,
            samesite="lax",
            secure=self._is_https,
        )


def signed_in_guard(sessions: DeskSessions) -> Guard:
    """A guard that admits whoever has a session, and for unsafe methods the session's CSRF token."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        token = connection.cookies.get(COOKIE, "")
        found = await anyio.to_thread.run_sync(sessions.find, token) if token else None
        if found is None:
            raise Unauthorized()
        connection.scope["state"][READER_LANGUAGE] = _preferred(found)
        method = str(connection.scope.get("method", "GET"))
        given = connection.headers.get(CSRF_HEADER, "")
        # As bytes: a header may hold any Latin-1 character, and text is compared in ASCII alone.
        if method not in _SAFE_METHODS and not hmac.compare_digest(
            given.encode("latin-1", "replace"), found.session.csrf.encode()
        ):
            raise CsrfTokenMissing()
        connection.scope["state"]["signed_in"] = found
        connection.scope["state"]["account"] = found.account

    return guard


def takes(*roles: str) -> Guard:
    """A guard that admits only accounts with one of these roles."""
    allowed = frozenset(roles)

    def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if allowed.isdisjoint(signed_in(connection).roles):
            raise RoleMissing(allowed)

    return guard


def signed_in(connection: ASGIConnection[Any, Any, Any, Any]) -> SignedIn:
    """The session of a request that passed the guard."""
    found: SignedIn = connection.scope["state"]["signed_in"]
    return found


def language(request: Request[Any, Any, Any]) -> str:
    """`zh` or `en`, as the request asks; else as the account prefers."""
    asked = request.headers.get("Accept-Language")
    if asked:
        return preferred_language(asked)
    return _preferred(signed_in(request))


def _preferred(who: SignedIn) -> str:
    return "zh" if who.session.locale.startswith("zh") else "en"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
