"""`doorstep device`: phones, from the terminal of the server."""

from __future__ import annotations

import argparse

from server.bootstrap import Service
from server.cli.opened import opened
from server.cli.stop import Stop
from server.enrolling import NobodyToEnrol

NAME = "device"
MEANING = "list and revoke phones, and give out one-time enrolment codes"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which phone or technician."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="every phone, when it was last heard, and what it then still held")
    revoke = actions.add_parser("revoke", help="the phone may hand over its work, and receives nothing")
    revoke.add_argument("device")
    code = actions.add_parser("code", help="print a one-time enrolment code for a technician's phone")
    code.add_argument("login")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Do it, and say what was done."""
    with opened(environ) as service:
        match given.action:
            case "list":
                _list(service)
            case "revoke":
                if not service.enrolling.revoke(given.device):
                    raise Stop(f"There is no phone {given.device}; `doorstep device list` shows all.")
                print(f"device: {given.device} is revoked")
            case _:
                _code(service, given.login)
    return 0


def _list(service: Service) -> None:
    for one in service.devices.list():
        state = "revoked" if one.revoked else "enrolled"
        held = f"{one.pending} actions, {one.uploads} uploads unsent"
        print(f"{one.id}  {one.user:<20} {state:<9} heard {one.heard_at or 'never':<26} {held}  {one.name}")


def _code(service: Service, login: str) -> None:
    account = service.accounts.by_login(login)
    if account is None:
        raise Stop(f"There is no account {login}; `doorstep user list` shows all.")
    try:
        code, expires_at = service.enrolling.code_for(account.id)
    except NobodyToEnrol:
        raise Stop(f"{login} is disabled or no technician; phones belong to technicians.") from None
    print(f"device: {code} enrols one phone of {login}, until {expires_at}")
