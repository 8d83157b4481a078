"""One deliberate fault: where it is put in, and which test must see it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLIENT = "clients/python/doorstep_client"


class Stale(LookupError):
    """The text that a mutation replaces is not found exactly once: the code has moved on, the mutation must follow."""


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A fault in one place."""

    name: str
    """What the broken code does, as a sentence without its stop."""
    invariant: int
    file: str
    old: str
    new: str
    test: str
    """The function, in the file named after the invariant, that must fail."""
    on: str = "memory"
    """Store on which it is run; empty for tests that run on none in particular."""

    def applied(self, source: str) -> str:
        """The broken source; raises `Stale`."""
        found = source.count(self.old)
        if found != 1:
            raise Stale(f"{self.name!r}: its old text is found {found} times in {self.file}")
        return source.replace(self.old, self.new)

    @property
    def selection(self) -> str:
        """The test on its store, as pytest's -k takes it."""
        return f"({self.test} and {self.on})" if self.on else self.test


def file_of(invariant: int, root: Path = ROOT) -> Path:
    """The file named after an invariant, relative to the root."""
    (found,) = (root / "tests" / "invariants").glob(f"test_invariant_{invariant:02}_*.py")
    return found.relative_to(root)
