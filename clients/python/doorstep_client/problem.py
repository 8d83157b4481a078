"""What can go wrong on a phone, one class per cause. None of them loses anything."""

from __future__ import annotations

from sync.operation import InvalidOperation as InvalidOperation


class NotEnrolled(RuntimeError):
    """The store belongs to no device yet: enrol first."""


class AlreadyEnrolled(RuntimeError):
    """The store belongs to a device; another enrolment needs a store of its own."""


class ReadOnly(RuntimeError):
    """The aggregate has left this phone and is kept for reading while older work on it is still unsent."""

    def __init__(self, aggregate: str) -> None:
        super().__init__(
            f"{aggregate} is no longer this phone's; it is kept for reading until its work is sent"
        )
        self.aggregate = aggregate


class Unreachable(RuntimeError):
    """No answer: no signal, a cut, a time limit, or a server that is unwell. Try again later; nothing is lost."""


class Refused(RuntimeError):
    """The server answered with a problem that trying again does not cure."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        """The stable code of the problem; empty when the answer was no problem+json."""
        self.detail = detail
