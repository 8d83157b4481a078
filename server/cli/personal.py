"""`doorstep personal`: what is held about a customer, handed out or erased, from the terminal of the server."""

from __future__ import annotations

import argparse
from pathlib import Path

from server.bootstrap import Service
from server.cli.opened import opened
from server.cli.stop import Stop
from server.db.old_pages import write_anew
from server.personal.erasing import REASONS, Blocked, NoSuchCustomer, Report
from server.personal.export import export_file
from server.personal.held import held_about
from server.personal.plan import BLOCKED, KEPT, Plan
from server.private_files import private_file

NAME = "personal"
MEANING = "export or erase what is held about a customer (docs/PERSONAL-DATA.md)"
BY = "cli"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with whom."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    export = actions.add_parser(
        "export", help="everything about a customer, into a ZIP that is given to them"
    )
    export.add_argument("customer", help="the customer record's id")
    export.add_argument("--to", type=Path, required=True, metavar="FILE.zip", help="a new file")
    erase = actions.add_parser(
        "erase", help="take out what says who a customer is; the server may go on meanwhile"
    )
    erase.add_argument("customer", help="the customer record's id")
    erase.add_argument(
        "--reason", choices=REASONS, default="request", help="kept with the id (default: request)"
    )
    erase.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    actions.add_parser("list", help="erased customers, and erasures that were broken off")
    actions.add_parser("repeat", help="do every listed erasure again, as after a restore")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Do it, and say what was done."""
    with opened(environ) as service:
        try:
            match given.action:
                case "export":
                    _export(service, given.customer, given.to)
                case "erase" if given.dry_run:
                    _tell_plan(service.erasing.plan(given.customer))
                case "erase":
                    _tell(service.erasing.erase(given.customer, reason=given.reason, by=BY))
                    _write_anew(service)
                case "repeat":
                    for report in service.erasing.repeat():
                        _tell(report)
                    _write_anew(service)
                case _:
                    _list(service)
        except NoSuchCustomer as missing:
            raise Stop(f"There is no customer with the id {missing}.") from None
        except Blocked as blocked:
            raise Stop(
                " ".join(
                    BLOCKED[one.why][0].format(number=one.number or one.id) for one in blocked.blocked_by
                )
            ) from None
    return 0


def _export(service: Service, customer: str, to: Path) -> None:
    if to.exists():
        raise Stop(f"There is something at {to} already; an export is never written over another file.")
    data = export_file(held_about(service.store.database, customer, service.now()))
    private_file(to)
    to.write_bytes(data)
    print(f"personal: {to} holds everything about {customer} ({len(data)} bytes); hand it over by a safe way")


def _tell_plan(plan: Plan) -> None:
    print(f"personal: customer {plan.customer} has {plan.sites} sites and {plan.orders} orders")
    for entity, count in plan.to_blank.items():
        print(f"personal: to be blanked: {count} {entity}")
    print(f"personal: files to be deleted: {plan.files}")
    for why, count in plan.kept.items():
        print(f"personal: kept: {count}: {KEPT[why][0]}")
    for one in plan.blocked_by:
        print(f"personal: in the way: {BLOCKED[one.why][0].format(number=one.number or one.id)}")
    print("personal: nothing was changed")


def _tell(report: Report) -> None:
    print(
        f"personal: {report.customer} is erased: {report.records} records, {report.operations} operations, "
        f"{report.audit_entries} audit entries, {report.deposits} deposited operations, {report.files} files"
    )


def _write_anew(service: Service) -> None:
    print("personal: writing the database's old pages anew ...", flush=True)
    write_anew(service.settings.database_url)
    print("personal: done; backups made before hold the data still: `doorstep restore` erases again")
    print(f"personal: by the ids in {service.erasing.file.path}; keep a copy of that file elsewhere")


def _list(service: Service) -> None:
    for one in service.erasing.listed():
        state = f"erased {one.finished_at}" if one.finished_at else "broken off: repeat it"
        print(f"{one.customer:<40} {one.asked_at:<26} {one.asked_by:<20} {one.reason:<10} {state}")
