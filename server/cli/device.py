"""`doorstep device`: phones, from the terminal of the server."""

from __future__ import annotations

import argparse

from mobile_api.problem import Phrase
from server.cli.opened import opened
from server.cli.speech import filled, say
from server.cli.stop import Stop
from server.enrolling import NobodyToEnrol
from server.service import Service

NAME = "device"
MEANING = "list and revoke phones, and give out one-time enrolment codes"

_NO_PHONE = Phrase(
    "There is no phone {device}; `doorstep device list` shows all.",
    "没有手机 {device}；`doorstep device list` 可列出全部手机。",
)
_REVOKED = Phrase("device: {device} is revoked", "device：{device} 已停用")
_NO_ACCOUNT = Phrase(
    "There is no account {login}; `doorstep user list` shows all.",
    "没有账号 {login}；`doorstep user list` 可列出全部账号。",
)
_NO_TECHNICIAN = Phrase(
    "{login} is disabled or no technician; phones belong to technicians.",
    "{login} 已停用或不是技术员；手机只能登记给技术员。",
)
_CODE = Phrase(
    "device: {code} enrols one phone of {login}, until {expires_at}",
    "device：{code} 可为 {login} 登记一部手机，有效期至 {expires_at}",
)
_STATES = {True: Phrase("revoked", "已停用"), False: Phrase("enrolled", "已登记")}
_NEVER = Phrase("never", "从未")
_LINE = Phrase(
    "{id}  {user:<20} {state:<9} heard {heard:<26} {pending} actions, {uploads} uploads unsent  {name}",
    "{id}  {user:<20} {state}  最近联系 {heard:<26} 未发送：操作 {pending} 项、文件 {uploads} 个  {name}",
)


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
                    raise Stop(filled(_NO_PHONE, device=given.device))
                say(_REVOKED, device=given.device)
            case _:
                _code(service, given.login)
    return 0


def _list(service: Service) -> None:
    for one in service.devices.list():
        say(
            _LINE,
            id=one.id,
            user=one.user,
            state=_STATES[one.revoked],
            heard=one.heard_at or _NEVER,
            pending=one.pending,
            uploads=one.uploads,
            name=one.name,
        )


def _code(service: Service, login: str) -> None:
    account = service.accounts.by_login(login)
    if account is None:
        raise Stop(filled(_NO_ACCOUNT, login=login))
    try:
        code, expires_at = service.enrolling.code_for(account.id)
    except NobodyToEnrol:
        raise Stop(filled(_NO_TECHNICIAN, login=login)) from None
    say(_CODE, code=code, login=login, expires_at=expires_at)
