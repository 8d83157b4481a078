"""Passwords, kept as argon2id hashes alone."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from mobile_api.problem import Phrase
from server.desk.common_password import is_common

SHORTEST = 10
LONGEST = 200

_hasher = PasswordHasher()
_nobody = _hasher.hash("the password of nobody")


class PasswordUnfit(ValueError):
    """The phrase is one sentence that says what a password must be."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(phrase.en)
        self.phrase = phrase


_LENGTH = Phrase(
    f"A password must have {SHORTEST} to {LONGEST} characters.", f"密码须有 {SHORTEST} 至 {LONGEST} 个字符。"
)
_BLANK = Phrase("A password must hold more than blanks.", "密码不能只含空白。")
_COMMON = Phrase(
    "This password is among those that everybody tries first; please choose another.",
    "此密码太常见，容易被猜中，请另选一个。",
)


def password_hash(password: str) -> str:
    """The hash to keep; takes some 50 ms. Raises PasswordUnfit."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordUnfit(_LENGTH)
    if not password.strip():
        raise PasswordUnfit(_BLANK)
    if is_common(password):
        raise PasswordUnfit(_COMMON)
    return _hasher.hash(password)


def is_password(password: str, known_hash: str | None) -> bool:
    """Whether the password is the one of the hash. Takes as long where there is nobody to compare with."""
    try:
        _hasher.verify(known_hash or _nobody, password)
    except (Argon2Error, InvalidHashError):
        return False
    return bool(known_hash)
