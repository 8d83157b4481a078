"""Giving phones to technicians and taking them away: the same for desks and for commands."""

from __future__ import annotations

import os
from dataclasses import dataclass

from mobile_api.clock import Clock, instant
from mobile_api.enrolment_code import code_digest, new_code
from server.db.accounts import Accounts
from server.db.devices import SqlDevices
from server.db.enrolments import SqlEnrolments


class NobodyToEnrol(Exception):
    """There is no such account, or it is disabled, or it is no technician's."""


@dataclass(frozen=True, slots=True)
class Enrolling:
    """Codes and revocations. All may block."""

    accounts: Accounts
    devices: SqlDevices
    enrolments: SqlEnrolments
    secret: str
    code_minutes: int
    clock: Clock

    def code_for(self, account: str) -> tuple[str, str]:
        """A one-time code for the technician's phone and when it expires. Raises NobodyToEnrol."""
        found = self.accounts.get(account)
        if found is None or found.disabled or "technician" not in found.roles:
            raise NobodyToEnrol(account)
        code = new_code(os.urandom)
        now = self.clock()
        expires_at = instant(now + self.code_minutes * 60)
        # A phone is the technician's; what the person may do at a desk stays at the desk.
        self.enrolments.issue(
            code_digest(code, self.secret), found.id, ("technician",), now=instant(now), expires_at=expires_at
        )
        return code, expires_at

    def revoke(self, device: str) -> bool:
        """From now on the phone hears nothing. False when there is no such phone; repeating is safe."""
        return self.devices.revoke(device, instant(self.clock()))
