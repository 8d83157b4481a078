"""Faults against invariant 12."""

from __future__ import annotations

from tests.mutants.mutation import Mutation

_TOLD_NOTHING = "test_a_revoked_phone_is_told_nothing_on_any_route"
_NEVER_ENTERS = "test_work_of_a_revoked_phone_never_enters_by_the_engine_either"
_CLOCKS = "test_wrong_clocks_change_nothing_but_the_evidence"
_OWN_TIMES = "test_the_servers_times_are_its_own"

FAULTS = [
    Mutation(
        name="a revoked phone's poll is answered",
        invariant=12,
        file="mobile_api/sync_endpoint.py",
        old="        if row is None or row.revoked:\n"
        "            return await self._in_thread(self._quarantined, device, await self._read(body))\n",
        new="        if row is None:\n"
        "            return await self._in_thread(self._quarantined, device, await self._read(body))\n",
        test=_TOLD_NOTHING,
        on="",
    ),
    Mutation(
        name="a revoked phone still fetches snapshots",
        invariant=12,
        file="mobile_api/authentication.py",
        old="        if row.revoked:\n            raise DeviceRevoked()\n",
        new="",
        test=_TOLD_NOTHING,
        on="",
    ),
    Mutation(
        name="the engine takes a revoked device's work",
        invariant=12,
        file="sync/push.py",
        old="        if row.revoked:\n            raise RevokedDevice(device)\n",
        new="",
        test=_NEVER_ENTERS,
    ),
    Mutation(
        name="a batch is put in order by the phone's clock",
        invariant=12,
        file="sync/incoming.py",
        old="    return sorted(received.values(), key=lambda one: one.seq)\n",
        new="    return sorted(received.values(), key=lambda one: one.operation.at.wall if one.operation else '')\n",
        test=_CLOCKS,
    ),
    Mutation(
        name="the time of receipt is the phone's",
        invariant=12,
        file="sync/apply.py",
        old="            received_at=self._moment.received_at,\n            before=",
        new="            received_at=operation.at.wall,\n            before=",
        test=_OWN_TIMES,
    ),
]
