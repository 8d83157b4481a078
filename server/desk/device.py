"""Phones: listed with what they still held, withdrawn, enrolled by a one-time code."""

from __future__ import annotations

import anyio
import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, JSONBody

from server.db.devices import KnownPhone
from server.desk.desk import Body, Id
from server.desk.page import Page
from server.desk.problems import RecordMissing
from server.desk.session import takes
from server.enrolling import Enrolling, NobodyToEnrol

_READERS = ("dispatcher", "supervisor", "admin", "auditor")


class CodeFor(Body):
    """Whose phone."""

    account: Id


class CodeGiven(msgspec.Struct, kw_only=True):
    """The code, shown once. It is not kept here."""

    account: str
    code: str
    expires_at: str


class Revoked(msgspec.Struct, kw_only=True):
    """A phone that hears nothing any more."""

    device: str
    revoked: bool


def device_routes(enrolling: Enrolling) -> Router:
    """Under `/v1/desk/devices`."""

    @get("/", name="desk_list_devices", guards=[takes(*_READERS)])
    async def listed() -> Page[KnownPhone]:
        """Every phone: when it was last heard, and what it then still held."""
        return Page(items=list(await anyio.to_thread.run_sync(enrolling.devices.list)))

    @post("/codes", name="desk_enrolment_code", guards=[takes("admin", "supervisor")], status_code=201)
    async def code(data: JSONBody[CodeFor]) -> Response[CodeGiven]:
        """A one-time code for a technician's phone."""
        try:
            given, expires_at = await anyio.to_thread.run_sync(enrolling.code_for, data.account)
        except NobodyToEnrol:
            raise RecordMissing(entity="technician's account") from None
        told = CodeGiven(account=data.account, code=given, expires_at=expires_at)
        return Response(told, status_code=201, headers={"Cache-Control": "no-store"})

    @post(
        "/{device_id:str}/revoke",
        name="desk_revoke",
        guards=[takes("admin", "supervisor", "dispatcher")],
        status_code=200,
    )
    async def revoke(device_id: FromPath[str]) -> Revoked:
        """Withdraw a phone: it may hand over its work, into quarantine, and receives nothing."""
        if not await anyio.to_thread.run_sync(enrolling.revoke, device_id):
            raise RecordMissing(entity="device")
        return Revoked(device=device_id, revoked=True)

    return Router("/devices", route_handlers=[listed, code, revoke])
