"""The confined process: reads its task and the file on standard input, writes renditions and a report, and ends.

`python -m media.renditions` in a folder with `task.json`; started by `media.renditions.process` alone.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from media.renditions.confine import confine
from media.renditions.task import REPORT_FILE, TASK_FILE, Task


def main() -> None:
    """Perform the task of this folder."""
    folder = Path.cwd()
    task = msgspec.json.decode((folder / TASK_FILE).read_bytes(), type=Task)
    confine(task.limits)
    # Decoders are loaded behind the limits, not before them.
    from media.renditions.perform import perform

    with os.fdopen(0, "rb") as file:
        report = perform(task, file, folder)
    (folder / REPORT_FILE).write_bytes(msgspec.json.encode(report))


main()
