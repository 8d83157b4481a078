"""Faults against invariant 10."""

from __future__ import annotations

from tests.mutants.mutation import Mutation

_OFFSET = "test_an_acknowledged_offset_never_decreases_whatever_is_cut"
_DECLARED = "test_other_bytes_than_those_declared_are_never_stored"
_OUTLIVES = "test_a_stored_file_outlives_every_sweep_and_every_other_upload"

FAULTS = [
    Mutation(
        name="an offset is acknowledged before its bytes are durable",
        invariant=10,
        file="media/local_store.py",
        old="            self._disk.sync(self._handle)\n",
        new="",
        test=_OFFSET,
        on="",
    ),
    Mutation(
        name="an offset is acknowledged before it is durable itself",
        invariant=10,
        file="media/local_store.py",
        old="            self._disk.sync(self._mark_handle)\n",
        new="",
        test=_OFFSET,
        on="",
    ),
    Mutation(
        name="the mark overwrites its only good slot",
        invariant=10,
        file="media/mark.py",
        old="    return (turn % 2) * SLOT_BYTES\n",
        new="    return 0\n",
        test=_OFFSET,
        on="",
    ),
    Mutation(
        name="the blob's name is not durable",
        invariant=10,
        file="media/local_store.py",
        old="        for folder in (self._blobs, blob.parent, self._partial):\n",
        new="        for folder in ():\n",
        test=_OFFSET,
        on="",
    ),
    Mutation(
        name="the whole file's hash is not checked",
        invariant=10,
        file="media/ending.py",
        old="            if actual != upload.sha256:\n",
        new="            if False:\n",
        test=_DECLARED,
        on="",
    ),
    Mutation(
        name="a file that is not the declared one takes the declared one's place",
        invariant=10,
        file="media/ending.py",
        old="                self.end(upload.quarantined(HASH_MISMATCH))\n",
        new="                self._store.take(upload.id, upload.sha256)\n",
        test=_OUTLIVES,
        on="",
    ),
]
