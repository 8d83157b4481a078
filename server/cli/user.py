"""`doorstep user`: accounts, from the terminal of the server."""

from __future__ import annotations

import argparse

import msgspec

from server.bootstrap import Service
from server.cli.opened import opened
from server.cli.password import chosen_hash
from server.cli.stop import Stop, WrongArgument
from server.db.accounts import LOCALES, NAME_CHARACTERS, Account, LoginTaken, is_login
from server.desk.roles import ROLES
from sync.value_type import is_identifier

NAME = "user"
MEANING = "add, list, disable, enable and unlock accounts, and set passwords"


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
                print(f"user: {account.login} has a new password{f': {told}' if told else ''}")
                if account.disabled:
                    print(f"user: {account.login} stays disabled; `doorstep user enable` undoes that")
            case "unlock":
                account = _known(service, given.login)
                service.accounts.unlock(account.id, service.now())
                print(f"user: {account.login} may try again at once; wrong passwords so far count no longer")
            case action:
                account = _known(service, given.login)
                service.accounts.put(msgspec.structs.replace(account, disabled=action == "disable"))
                print(f"user: {account.login} is {action}d")
    return 0


def _refuse_unfit(given: argparse.Namespace) -> None:
    if not is_login(given.login):
        raise WrongArgument(
            f"{given.login!r} cannot be a login: it takes 1 to 64 letters, digits and . _ @ -, "
            "the first a letter or a digit; for example wei.xiaoyun."
        )
    if given.id is not None and not is_identifier(given.id):
        raise WrongArgument(f"{given.id!r} cannot be an id: it takes 1 to 64 letters, digits and _ . : -")
    name = given.name
    if name is not None and not (name.strip() and name.isprintable() and len(name) <= NAME_CHARACTERS):
        raise WrongArgument(f"--name takes one line of 1 to {NAME_CHARACTERS} characters.")


def _add(service: Service, given: argparse.Namespace) -> None:
    id = given.id or service.new_id()
    if service.accounts.get(id) is not None:
        raise Stop(f"There is an account with the id {id} already.")
    if service.accounts.by_login(given.login) is not None:
        raise Stop(f"There is an account {given.login} already.")
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
        raise Stop(f"There is an account {given.login} already.") from None
    print(f"user: added {account.login} ({', '.join(account.roles)}), id {account.id}")
    if told:
        print(f"user: the password is {told}")


def _list(service: Service) -> None:
    for one in service.accounts.all():
        state = "disabled" if one.disabled else "signs in" if one.password_hash else "no password"
        print(f"{one.login:<20} {one.display_name:<16} {','.join(one.roles):<24} {state:<12} {one.id}")


def _known(service: Service, login: str) -> Account:
    account = service.accounts.by_login(login)
    if account is None:
        raise Stop(f"There is no account {login}; `doorstep user list` shows all.")
    return account
