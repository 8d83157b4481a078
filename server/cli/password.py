"""A password for a command: typed twice without being shown, from a pipe, or made up."""

from __future__ import annotations

import getpass
import secrets
import sys

from server.cli.stop import Stop
from server.desk.password import PasswordUnfit, password_hash


def chosen_hash(made_up: bool) -> tuple[str, str]:
    """The hash to keep, and the password where it was made up (else empty). Raises Stop."""
    try:
        password = secrets.token_urlsafe(12) if made_up else _asked()
        return password_hash(password), password if made_up else ""
    except PasswordUnfit as unfit:
        raise Stop(str(unfit)) from None
    except UnicodeError:
        raise Stop("The password is not UTF-8; nothing was changed.") from None
    except EOFError:
        raise Stop("No password was given; nothing was changed.") from None


def _asked() -> str:
    # Never as an argument: other users of the machine see those.
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise Stop("The two passwords differ; nothing was changed.")
    return password
