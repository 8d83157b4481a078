"""Browsers in which somebody has signed in before: told apart from strangers by a cookie that nobody can make up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

from litestar.datastructures import Cookie

_KEPT_SECONDS = 180 * 86_400
_NONCE_BYTES = 12
_PATH = "/v1/desk/login"


class KnownBrowsers:
    """Gives out and recognises the cookie. It opens nothing: it only says whose wrong passwords are counted where."""

    def __init__(self, secret: str, is_https: bool) -> None:
        self._key = hashlib.sha256(b"doorstep known browser\n" + secret.encode()).digest()
        self._is_https = is_https

    def find(self, cookies: Mapping[str, str], login: str) -> str:
        """What identifies this browser for this name; empty where the name has not signed in here."""
        nonce, _, proof = cookies.get(_name(login), "").partition(".")
        # As bytes: a cookie may hold any Latin-1 character, and text is compared in ASCII alone.
        genuine = hmac.compare_digest(proof.encode("utf-8", "replace"), self._proof(login, nonce).encode())
        return nonce if genuine else ""

    def cookie(self, login: str, known: str) -> Cookie:
        """The cookie after a right password: `known` again, or where that is empty a new one."""
        nonce = known or secrets.token_urlsafe(_NONCE_BYTES)
        return Cookie(
            key=_name(login),
            value=f"{nonce}.{self._proof(login, nonce)}",
            path=_PATH,
            max_age=_KEPT_SECONDS,
            httponly=True,
            samesite="lax",
            secure=self._is_https,
        )

    def _proof(self, login: str, nonce: str) -> str:
        said = hmac.new(self._key, f"{nonce}\n{login}".encode("utf-8", "replace"), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(said).decode().rstrip("=")


def _name(login: str) -> str:
    """One cookie for each person at a shared desk; it does not tell the name."""
    return f"doorstep_known_{hashlib.sha256(login.encode('utf-8', 'replace')).hexdigest()[:12]}"
