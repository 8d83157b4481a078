"""A small file system of its own, that is really full when it is full."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BLOCK_BYTES = 1 << 16


class SmallDisk:
    """A mounted folder. `fill` leaves no byte free for anybody; `free` gives all of it back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Until the kernel says that no space is left, to the last block."""
        with self._ballast.open("ab", buffering=0) as file:
            size_bytes = BLOCK_BYTES
            while size_bytes:
                try:
                    if file.write(bytes(size_bytes)) < size_bytes:
                        size_bytes //= 2
                except OSError:
                    size_bytes //= 2

    def free(self) -> None:
        """Repeating is safe."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    """Mount a file system in memory, which takes root on Linux; skips elsewhere, and says so."""
    mount = shutil.which("mount")
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or mount is None:
        pytest.skip("a small disk is mounted by root on Linux")
    folder.mkdir()
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        # Lazily: a process that is just ending may still hold a file.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
