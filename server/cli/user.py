"""`doorstep user`: accounts, from the terminal of the server."""

from __future__ import annotations

import argparse

import msgspec

from mobile_api.problem import Phrase
from server.cli.opened import opened
from server.cli.password import chosen_hash
from server.cli.speech import filled, say
from server.cli.stop import Stop, WrongArgument
from server.db.accounts import LOCALES, NAME_CHARACTERS, Account, LoginTaken, is_login
from server.desk.names import roles
from server.desk.roles import ROLES
from server.service import Service
from sync.value_type import is_identifier

NAME = "user"
MEANING = "add, list, disable, enable and unlock accounts, and set passwords"

_NO_LOGIN = Phrase(
    "{login} cannot be a login: it takes 1 to 64 letters, digits and . _ @ -, the first a letter or a digit; "
    "for example wei.xiaoyun.",
    "{login} 不能作为登录名：须为 1 至 64 个字母、数字或 . _ @ - 字符，且以字母或数字开头，例如 wei.xiaoyun。",
)
_NO_ID = Phrase(
    "{id} cannot be an id: it takes 1 to 64 letters, digits and _ . : -",
    "{id} 不能作为编号：须为 1 至 64 个字母、数字或 _ . : - 字符。",
)
_NO_NAME = Phrase(
    "--name takes one line of 1 to {most} characters.", "--name 须为一行文字，1 至 {most} 个字符。"
)
_ID_THERE = Phrase("There is an account with the id {id} already.", "编号为 {id} 的账号已存在。")
_THERE = Phrase("There is an account {login} already.", "账号 {login} 已存在。")
_NOBODY = Phrase(
    "There is no account {login}; `doorstep user list` shows all.",
    "没有账号 {login}；`doorstep user list` 可列出全部账号。",
)
_ADDED = Phrase("user: added {login} ({roles}), id {id}", "user：已添加 {login}（{roles}），编号 {id}")
_PASSWORD = Phrase("user: the password is {password}", "user：密码为 {password}")
_NEW_PASSWORD = Phrase("user: {login} has a new password", "user：{login} 的密码已更新")
_STAYS_DISABLED = Phrase(
    "user: {login} stays disabled; `doorstep user enable` undoes that",
    "user：{login} 仍处于停用状态；`doorstep user enable` 可恢复",
)
_UNLOCKED = Phrase(
    "user: {login} may try again at once; wrong passwords so far count no longer",
    "user：{login} 可立即重试，此前的错误密码不再计入",
)
_DONE = {
    "disable": Phrase("user: {login} is disabled", "user：{login} 已停用"),
    "enable": Phrase("user: {login} is enabled", "user：{login} 已启用"),
}
_LINE = Phrase(
    "{login:<20} {name:<16} {roles:<24} {state:<12} {id}", "{login:<20} {name:<16} {roles:<24} {state} {id}"
)
_STATES = {
    "disabled": Phrase("disabled", "已停用"),
    "signs in": Phrase("signs in", "可登录"),
    "no password": Phrase("no password", "无密码"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with whom."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add an account; the password is asked for, or read from a pipe")
    add.add_argument("login")
    add.add_argument("--role", action="append", required=True, choices=ROLES, help="may be repeated")
    add.add_argument("--name", help="as shown; the login when not given")
    add.add_argument("--id", help="the technician record's id, for a technician who exists already")
    add.add_argument("--locale", default="", choices=LOCALES, help="language where the browser asks for none")
    how = add.add_mutually_exclusive_group()
    how.add_argument("--no-password", action="store_true", help="cannot sign in at a desk")
    how.add_argument("--make-password", action="store_true", help="make one up and print it")
    actions.add_parser("list", help="list all accounts")
    for name, what in (
        ("disable", "end all sessions and sign-ins"),
        ("enable", "undo disable"),
        (
            "unlock",
            "forget the wrong passwords that somebody has tried; a locked-out person signs in at once",
        ),
    ):
        actions.add_parser(name, help=what).add_argument("login")
    password = actions.add_parser("password", help="set a password; ends all sessions of the account")
    password.add_argument("login")
    password.add_argument("--make-password", action="store_true", help="make one up and print it")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Do it, and say what was done."""
    if given.action == "add":
        _refuse_unfit(given)
    with opened(environ) as service:
        match given.action:
            case "add":
                _add(service, given)
            case "list":
                _list(service)
            case "password":
                account = _known(service, given.login)
                kept, told = chosen_hash(given.make_password)
                service.accounts.put(msgspec.structs.replace(account, password_hash=kept))
                say(_NEW_PASSWORD, login=account.login)
                if told:
                    say(_PASSWORD, password=told)
                if account.disabled:
                    say(_STAYS_DISABLED, login=account.login)
            case "unlock":
                account = _known(service, given.login)
                service.accounts.unlock(account.id, service.now())
                say(_UNLOCKED, login=account.login)
            case action:
                account = _known(service, given.login)
                service.accounts.put(msgspec.structs.replace(account, disabled=action == "disable"))
                say(_DONE[action], login=account.login)
    return 0


def _refuse_unfit(given: argparse.Namespace) -> None:
    if not is_login(given.login):
        raise WrongArgument(filled(_NO_LOGIN, login=repr(given.login)))
    if given.id is not None and not is_identifier(given.id):
        raise WrongArgument(filled(_NO_ID, id=repr(given.id)))
    name = given.name
    if name is not None and not (name.strip() and name.isprintable() and len(name) <= NAME_CHARACTERS):
        raise WrongArgument(filled(_NO_NAME, most=NAME_CHARACTERS))


def _add(service: Service, given: argparse.Namespace) -> None:
    id = given.id or service.new_id()
    if service.accounts.get(id) is not None:
        raise Stop(filled(_ID_THERE, id=id))
    if service.accounts.by_login(given.login) is not None:
        raise Stop(filled(_THERE, login=given.login))
    kept, told = ("", "") if given.no_password else chosen_hash(given.make_password)
    account = Account(
        id=id,
        login=given.login.lower(),
        display_name=(given.name or given.login).strip(),
        roles=tuple(dict.fromkeys(given.role)),
        password_hash=kept,
        locale=given.locale,
    )
    try:
        service.accounts.put(account)
    except LoginTaken:
        raise Stop(filled(_THERE, login=given.login)) from None
    say(_ADDED, login=account.login, roles=roles(account.roles), id=account.id)
    if told:
        say(_PASSWORD, password=told)


def _list(service: Service) -> None:
    for one in service.accounts.all():
        state = "disabled" if one.disabled else "signs in" if one.password_hash else "no password"
        say(
            _LINE,
            login=one.login,
            name=one.display_name,
            roles=",".join(one.roles),
            state=_STATES[state],
            id=one.id,
        )


def _known(service: Service, login: str) -> Account:
    account = service.accounts.by_login(login)
    if account is None:
        raise Stop(filled(_NOBODY, login=login))
    return account
