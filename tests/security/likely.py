"""What makes a made-up request likely to be taken: ids that exist, a base that holds, fields that a record needs."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection
from typing import Any

import httpx
from schemathesis import Case

from tests.security.handset import BYTES, TUS
from tests.security.parties import Parties
from tests.server.orders import WINDOW

_HOW_LIKELY = 0.8
_BY_PARAMETER = {
    "order_id": "work_order", "visit_id": "visit", "location_id": "stock_location", "case_id": "expert_case",
    "item_id": "inbox_item", "report_id": "service_report", "account_id": "account", "device_id": "device",
    "device": "device", "conflict_id": "conflict", "change_id": "master_change", "upload_id": "upload",
    "sha256": "snapshot",
}  # fmt: skip
_BY_MEMBER = {
    "site": "site", "customer": "customer", "technician": "technician", "asset": "asset", "part": "part",
    "location": "stock_location", "to_location": "stock_location", "from_location": "stock_location",
    "account": "technician", "visit": "visit", "contact": "contact",
}  # fmt: skip
_UPLOADING = {
    ("POST", "/v1/uploads"): {"Upload-Concat": "partial", "Upload-Length": "100000"},
    ("PATCH", "/v1/uploads/{upload_id}"): {"Content-Type": BYTES},
}
_UNIQUE = ("number", "code", "login", "serial")
_LEFT_OUT = ("set", "fields")


class Likely:
    """Ids of one running company by entity, and what its records hold."""

    def __init__(self, both: Parties) -> None:
        self._reading = both.live.service.reading
        self._ids: dict[str, list[str]] = defaultdict(list)
        self._fields: dict[str, dict[str, Any]] = {}
        self._made = 0
        self._epoch = both.anna.epoch
        aggregates = [*both.held.aggregates, f"work_order/{both.bens[0]}", *_COMPANYS]
        for aggregate in aggregates:
            for record in self._reading.of_aggregate(aggregate)[1]:
                self._know(record.entity, record.id)
                self._fields[record.entity] = dict(record.fields)
        self._ids["account"] += ["u-intake"]
        self._ids["device"] += [both.ben.device, both.anna.device]
        self._ids["upload"] += [address.rpartition("/")[2] for address in both.held.uploads]
        self._ids["snapshot"] += [both.snapshot.rpartition("/")[2]]

    def fill(self, case: Case, dice: random.Random, linked: Collection[str] = ()) -> None:
        """Put ids and fields in, mostly, but for what is `linked`; what means to be wrong stays wrong elsewhere."""
        for name in sorted(set(case.path_parameters or {}) - {*linked}):
            known = self._ids.get(_BY_PARAMETER.get(name, _entity(case.path)))
            if known and dice.random() < _HOW_LIKELY:
                case.path_parameters[name] = dice.choice(known)
            elif name == "seq" and dice.random() < _HOW_LIKELY:
                case.path_parameters[name] = dice.randint(1, 9)
        if isinstance(case.body, dict) and dice.random() < _HOW_LIKELY:
            case.body = self._filled(case.body, _entity(case.path), case.method, dice)

    def upload_headers(self, case: Case, dice: random.Random) -> dict[str, str]:
        """What makes a small partial upload that needs no media record, mostly."""
        wanted = _UPLOADING.get((case.method, case.path), {})
        if "/v1/uploads" not in case.path:
            return {}
        return {**TUS, **wanted} if dice.random() < _HOW_LIKELY else {}

    def base(self, case: Case) -> str:
        """The version that the record of the path has now; empty where there is none."""
        for name, id in (case.path_parameters or {}).items():
            entity = _BY_PARAMETER.get(name, _entity(case.path))
            for record in self._reading.records([(entity, str(id))]).values():
                ver = self._reading.versions([record.aggregate])[record.aggregate]
                return f'"{self._epoch}:{ver}"'
        return ""

    def learn(self, answer: httpx.Response) -> None:
        """The ids of what was just written."""
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        told = answer.json() if answer.is_success and is_json and answer.content else None
        written = told.get("records") if isinstance(told, dict) else None
        for one in written if isinstance(written, list) else ():
            if isinstance(one, str) and "/" in one:
                self._know(*one.split("/", 1))

    def _know(self, entity: str, id: str) -> None:
        if id not in self._ids[entity]:
            self._ids[entity].append(id)

    def _filled(self, body: dict[str, Any], entity: str, method: str, dice: random.Random) -> dict[str, Any]:
        filled = {name: self._value(name, value, dice) for name, value in body.items()}
        record = self._fields.get(entity, {})
        if "fields" in filled:
            filled = {"fields": {name: self._value(name, value, dice) for name, value in record.items()}}
        elif "set" in filled and record:
            name = dice.choice(sorted(record))
            filled = {"set": {name: self._value(name, record[name], dice)}}
        return filled

    def _value(self, name: str, value: Any, dice: random.Random) -> Any:
        if name in _UNIQUE:
            self._made += 1
            return f"made-{self._made}"
        if name == "window":
            return WINDOW
        known = self._ids.get(_BY_MEMBER.get(name, ""))
        return dice.choice(known) if known and isinstance(value, str) else value


def _entity(path: str) -> str:
    """`/v1/desk/territories/{record_id}` is about a `territory`."""
    plural = path.removeprefix("/v1/desk/").partition("/")[0].replace("-", "_")
    return plural.removesuffix("ies") + "y" if plural.endswith("ies") else plural.removesuffix("s")


_COMPANYS = (
    "customer/customer-1", "site/site-1", "site/victim-1", "customer/victim-1", "catalogue/parts",
    "catalogue/skills", "self/u-technician", "stock/van-1", "stock/store-1",
)  # fmt: skip
