"""Who this phone is: what enrolment gave, and the schema that it works by."""

from __future__ import annotations

import msgspec

from doorstep_client import replica
from doorstep_client.problem import NotEnrolled
from doorstep_client.store import Store
from sync.merge import Author
from sync.schema import Schema


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The device as the server knows it. A fork changes `device`."""

    device: str
    user: str
    roles: tuple[str, ...]

    @property
    def author(self) -> Author:
        """As the merge wants it."""
        return Author(device=self.device, user=self.user, roles=self.roles)


def identity(store: Store) -> Identity:
    """Who this phone is; raises `NotEnrolled`."""
    found = store.get("identity", Identity)
    if found is None:
        raise NotEnrolled("this phone is not enrolled")
    return found


def schema(store: Store) -> Schema:
    """The schema in use; raises `NotEnrolled`."""
    found = store.get("schema", Schema)
    if found is None:
        raise NotEnrolled("this phone has no schema yet")
    return found


def has_schema(store: Store) -> bool:
    """Whether there is a schema: an enrolment may have been cut off before it came."""
    return store.get("schema", Schema) is not None


def epoch(store: Store) -> str:
    """Epoch of the server's database as last heard; empty before the first exchange."""
    return store.get("epoch", str) or ""


def adopt_schema(store: Store, newer: Schema) -> None:
    """Work by another schema from now on. Records came as the old one wanted them, so all are fetched again.

    Pages that were laid aside came so too, and must not be mixed with the rest.
    """
    with store.transaction():
        if store.get("schema", Schema) is not None:
            replica.drop_staging(store)
            store.run(
                "INSERT INTO refetch (aggregate) SELECT id FROM aggregate WHERE NOT shadow"
                " ON CONFLICT (aggregate) DO UPDATE SET failed_ver = NULL"
            )
        store.put(schema=newer)
