"""Files that nobody but their owner may read: made so from the first byte, and named where they are not."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

_OTHERS = 0o077


def private_folder(folder: Path) -> None:
    """Create the folder for its owner alone (0700); one that is there keeps its mode. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def private_file(file: Path) -> None:
    """Create the file empty and for its owner alone (0600); one that is there keeps its mode. Raises OSError."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return


def exposed(files: Sequence[Path]) -> str:
    """A sentence that names the files which other users of this machine may open; empty when there is none."""
    open_ones = [str(file) for file in files if file.exists() and file.stat().st_mode & _OTHERS]
    if not open_ones:
        return ""
    return (
        f"Other users of this machine may open {', '.join(open_ones)}; run `chmod 600 {' '.join(open_ones)}`."
    )
