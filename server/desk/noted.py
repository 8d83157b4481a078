"""What the person at the desk should know about a write that was taken as it was meant: a flag, with its sentence."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import Response

from domain.commands.check_span import moment
from server.desk.door import Written

NOTES = {
    "window_passed": (
        "The window has passed already; that is right where a job is entered late.",
        "该时段已过；如为补录，则属正常。",
    ),
    "answer_on_cancelled": (
        "The answer is kept, but this visit is cancelled: nobody goes there on it.",
        "答复已保存，但该上门任务已取消，无人前往。",
    ),
    "answer_on_withdrawn": (
        "The answer is kept, but this visit is withdrawn: nobody goes there on it.",
        "答复已保存，但该上门任务已撤回，无人前往。",
    ),
}
"""Flag of a desk's result → sentence, English and Chinese."""


def noted(answer: Response[Written], note: str, spoken: str) -> Response[Written]:
    """The same answer; its last result carries the note, unless it is empty."""
    if not note:
        return answer
    en, zh = NOTES[note]
    *others, last = answer.content.results
    said = msgspec.structs.replace(
        last, flags=(*last.flags, note), sentence=last.sentence or (zh if spoken == "zh" else en)
    )
    content = msgspec.structs.replace(answer.content, results=[*others, said])
    return Response(content, status_code=answer.status_code, headers=answer.headers)


def note_of_window(ends_at: str, now: str) -> str:
    """The note about a window that ends so; empty while it lies ahead."""
    ends, today = moment(ends_at, "ends_at"), datetime.fromisoformat(now.replace("Z", "+00:00"))
    return "window_passed" if ends is not None and ends <= today else ""
