"""A bucket in memory, which can fail, or end the process, before and after each request that changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import md5

from media.bucket import Bucket, MultipartMissing, ObjectMissing


class MemoryBucket(Bucket):
    """`Bucket` without a server. Parts but the last one need `least_part_bytes`, as in the real ones."""

    def __init__(self, least_part_bytes: int = 1, step: Callable[[str], None] = lambda name: None) -> None:
        self.step = step
        self.objects: dict[str, bytes] = {}
        self.multiparts: dict[tuple[str, str], dict[int, bytes]] = {}
        self._least_part_bytes = least_part_bytes
        self._begun = 0

    def check(self) -> None:
        """It is always there."""

    def put(self, key: str, data: bytes | bytearray) -> None:
        with _Step(self, "put"):
            self.objects[key] = bytes(data)

    def get(self, key: str, start: int = 0, count: int | None = None) -> bytes:
        if key not in self.objects:
            raise ObjectMissing(key)
        return self.objects[key][start:][:count]

    def blocks(self, key: str, start: int = 0) -> Iterator[bytes]:
        yield self.get(key, start)

    def size(self, key: str) -> int | None:
        return len(self.objects[key]) if key in self.objects else None

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            with _Step(self, "delete"):
                self.objects.pop(key, None)

    def keys(self, prefix: str) -> list[str]:
        return [key for key in self.objects if key.startswith(prefix)]

    def begin(self, key: str) -> str:
        with _Step(self, "begin"):
            self._begun += 1
            self.multiparts[key, str(self._begun)] = {}
        return str(self._begun)

    def put_part(self, key: str, multipart: str, number: int, data: bytes | bytearray) -> str:
        with _Step(self, "put part"):
            self._parts(key, multipart)[number] = bytes(data)
        return md5(bytes(data), usedforsecurity=False).hexdigest()

    def part_etags(self, key: str, multipart: str) -> Mapping[int, tuple[str, int]]:
        parts = self._parts(key, multipart)
        return {
            number: (md5(data, usedforsecurity=False).hexdigest(), len(data))
            for number, data in parts.items()
        }

    def complete(self, key: str, multipart: str, etags: Sequence[str]) -> None:
        there = self.part_etags(key, multipart)
        if [there.get(number, ("", 0))[0] for number in range(1, len(etags) + 1)] != list(etags):
            raise MultipartMissing("InvalidPart")
        parts = self._parts(key, multipart)
        data = [parts[number] for number in range(1, len(etags) + 1)]
        assert all(len(each) >= self._least_part_bytes for each in data[:-1]), "a part is too small"
        with _Step(self, "complete"):
            self.objects[key] = b"".join(data)
            del self.multiparts[key, multipart]

    def abort(self, key: str) -> None:
        for each in [one for one in self.multiparts if one[0] == key]:
            with _Step(self, "abort"):
                del self.multiparts[each]

    def copy(self, source: str, target: str, size_bytes: int) -> None:
        data = self.get(source)
        assert len(data) == size_bytes
        with _Step(self, "copy"):
            self.objects[target] = data

    def _parts(self, key: str, multipart: str) -> dict[int, bytes]:
        if (key, multipart) not in self.multiparts:
            raise MultipartMissing("NoSuchUpload")
        return self.multiparts[key, multipart]


class _Step:
    """Before it happened, and after it happened but before the caller heard of it."""

    def __init__(self, bucket: MemoryBucket, name: str) -> None:
        self._bucket = bucket
        self._name = name

    def __enter__(self) -> None:
        self._bucket.step(f"{self._name}")

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._bucket.step(f"{self._name} done")
