"""Becoming a device: the answer to a one-time code is kept in one transaction."""

from __future__ import annotations

from doorstep_client import outbox, uploads
from doorstep_client.identity import Identity
from doorstep_client.identity import epoch as held_epoch
from doorstep_client.store import Store


def become(store: Store, now: Identity, epoch: str, nonce: str) -> None:
    """Be this device from now on. Inside a transaction.

    Work that is still pending under another id is authored again. Under another epoch that is everything held here,
    what was acknowledged or deposited too: the server was restored from before it knew this device.
    """
    before = store.get("identity", Identity)
    if before is not None and before.device != now.device:
        if held_epoch(store) != epoch:
            outbox.offer_everything_again(store)
            uploads.offer_again(store)
        outbox.adopt_device(store, now.device)
    store.put(identity=now, revoked=False, deposited_in="", nonce=nonce)
    if before is None:
        store.put(epoch=epoch)
