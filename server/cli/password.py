"""A password for a command: typed twice without being shown, from a pipe, or made up."""

from __future__ import annotations

import getpass
import secrets
import sys

from mobile_api.problem import Phrase
from server.cli.speech import language
from server.cli.stop import Stop
from server.desk.password import PasswordUnfit, password_hash

_FIRST, _AGAIN = Phrase("Password: ", "密码："), Phrase("Again: ", "再输入一次：")
_DIFFER = Phrase("The two passwords differ; nothing was changed.", "两次输入的密码不同，未做任何更改。")
_NOT_TEXT = Phrase("The password is not UTF-8; nothing was changed.", "密码不是 UTF-8 文本，未做任何更改。")
_NONE_GIVEN = Phrase("No password was given; nothing was changed.", "未输入密码，未做任何更改。")


def chosen_hash(made_up: bool) -> tuple[str, str]:
    """The hash to keep, and the password where it was made up (else empty). Raises Stop."""
    try:
        password = secrets.token_urlsafe(12) if made_up else _asked()
        return password_hash(password), password if made_up else ""
    except PasswordUnfit as unfit:
        raise Stop(unfit.phrase) from None
    except UnicodeError:
        raise Stop(_NOT_TEXT) from None
    except EOFError:
        raise Stop(_NONE_GIVEN) from None


def _asked() -> str:
    # Never as an argument: other users of the machine see those.
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(_FIRST.said(language()))
    if getpass.getpass(_AGAIN.said(language())) != password:
        raise Stop(_DIFFER)
    return password
