"""`doorstep personal`: what is held about a customer, handed out or erased, from the terminal of the server."""

from __future__ import annotations

import argparse
from pathlib import Path

from domain.personal import Block
from mobile_api.problem import Phrase
from server.cli.opened import opened
from server.cli.speech import filled, say
from server.cli.stop import Stop
from server.db.old_pages import write_anew
from server.desk.names import thing
from server.personal.erasing import REASONS, Blocked, NoSuchCustomer, Report
from server.personal.export import export_file
from server.personal.held import held_about
from server.personal.plan import BLOCKED, KEPT, Plan
from server.private_files import private_file
from server.service import Service

NAME = "personal"
MEANING = "export or erase what is held about a customer (docs/PERSONAL-DATA.md)"
BY = "cli"

_NOBODY = Phrase("There is no customer with the id {id}.", "没有编号为“{id}”的客户。")
_TAKEN = Phrase(
    "There is something at {to} already; an export is never written over another file.",
    "{to} 已存在；导出不会覆盖任何文件。",
)
_EXPORTED = Phrase(
    "personal: {to} holds everything about {customer} ({size} bytes); hand it over by a safe way",
    "personal：{to} 含 {customer} 的全部信息（{size} 字节），请以安全方式交付",
)
_PLAN = Phrase(
    "personal: customer {customer} has {sites} sites and {orders} orders",
    "personal：客户 {customer} 有 {sites} 个地点、{orders} 张工单",
)
_TO_BLANK = Phrase("personal: to be blanked: {count} {thing}", "personal：将置空：{thing} {count} 条")
_FILES = Phrase("personal: files to be deleted: {count}", "personal：将删除文件 {count} 个")
_KEPT = Phrase("personal: kept: {count}: {why}", "personal：保留 {count}：{why}")
_IN_THE_WAY = Phrase("personal: in the way: {why}", "personal：须先处理：{why}")
_UNCHANGED = Phrase("personal: nothing was changed", "personal：未作任何更改")
_ERASED = Phrase(
    "personal: {customer} is erased: {records} records, {operations} operations, {entries} audit entries, "
    "{deposits} deposited operations, {files} files",
    "personal：{customer} 已删除：记录 {records} 条、操作 {operations} 项、审计条目 {entries} 条、"
    "隔离操作 {deposits} 项、文件 {files} 个",
)
_ANEW = Phrase("personal: writing the database's old pages anew ...", "personal：正在重写数据库的旧页面……")
_DONE = Phrase(
    "personal: done; backups made before hold the data still: `doorstep restore` erases again by the ids in {file}; "
    "keep a copy of that file elsewhere",
    "personal：完成；此前的备份仍含有这些信息，“doorstep restore”会依 {file} 中的编号再次删除，请另存该文件",
)
_FINISHED = Phrase("erased {at}", "已于 {at} 删除")
_BROKEN_OFF = Phrase("broken off: repeat it", "已中断，请重复执行")


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
            raise Stop(filled(_NOBODY, id=missing)) from None
        except Blocked as blocked:
            raise Stop(_all([_why(one) for one in blocked.blocked_by])) from None
    return 0


def _export(service: Service, customer: str, to: Path) -> None:
    if to.exists():
        raise Stop(filled(_TAKEN, to=to))
    data = export_file(held_about(service.store.database, customer, service.now()))
    private_file(to)
    to.write_bytes(data)
    say(_EXPORTED, to=to, customer=customer, size=len(data))


def _tell_plan(plan: Plan) -> None:
    say(_PLAN, customer=plan.customer, sites=plan.sites, orders=plan.orders)
    for entity, count in plan.to_blank.items():
        say(_TO_BLANK, count=count, thing=thing(entity))
    say(_FILES, count=plan.files)
    for why, count in plan.kept.items():
        say(_KEPT, count=count, why=Phrase(*KEPT[why]))
    for one in plan.blocked_by:
        say(_IN_THE_WAY, why=_why(one))
    say(_UNCHANGED)


def _why(block: Block) -> Phrase:
    return filled(Phrase(*BLOCKED[block.why]), number=block.number or block.id)


def _all(phrases: list[Phrase]) -> Phrase:
    return Phrase(" ".join(one.en for one in phrases), "".join(one.zh for one in phrases))


def _tell(report: Report) -> None:
    say(
        _ERASED,
        customer=report.customer,
        records=report.records,
        operations=report.operations,
        entries=report.audit_entries,
        deposits=report.deposits,
        files=report.files,
    )


def _write_anew(service: Service) -> None:
    say(_ANEW)
    write_anew(service.settings.database_url)
    say(_DONE, file=service.erasing.file.path)


def _list(service: Service) -> None:
    for one in service.erasing.listed():
        state = filled(_FINISHED, at=one.finished_at) if one.finished_at else _BROKEN_OFF
        line = f"{one.customer:<40} {one.asked_at:<26} {one.asked_by:<20} {one.reason:<10}"
        say(Phrase(f"{line} {state.en}", f"{line} {state.zh}"))
