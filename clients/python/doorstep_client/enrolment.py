"""Becoming a device: the answer to a one-time code is kept in one transaction."""

from __future__ import annotations

from doorstep_client import outbox
from doorstep_client.identity import Identity
from doorstep_client.store import Store


def become(store: Store, now: Identity, epoch: str, nonce: str) -> None:
    """Be this device from now on. Inside a transaction.

    Work that is still pending under another id, such as one that a restored server had forgotten, is authored again.
    """
    before = store.get("identity", Identity)
    if before is not None and before.device != now.device:
        outbox.adopt_device(store, now.device)
    store.put(identity=now, revoked=False, nonce=nonce)
    if before is None:
        store.put(epoch=epoch)
