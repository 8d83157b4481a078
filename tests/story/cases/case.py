"""What a case is: what it prepares, what happens without signal and meanwhile, and what must hold afterwards."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.story.stage import Stage
from tests.story.transcript import Say


class Case:
    """One of the product's cases. The day calls the parts in their order; each is optional but the last."""

    number: ClassVar[int]
    title: ClassVar[Say]

    visit_of_the_day: Any = None
    """The day's own visit, on whose order case 14 happens."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def prepare(self) -> None:
        """Before the phones leave: jobs are opened and assigned."""

    def dark(self) -> None:
        """No phone has signal: technicians work."""

    def office(self) -> None:
        """Meanwhile, at the desks."""

    def town(self) -> None:
        """Phone B has signal again, phone A has none."""

    def back(self) -> None:
        """Phone A has exchanged, too: what must hold now."""

    def tell(self, en: str, zh: str) -> None:
        """What somebody does."""
        self.stage.tell(self.number, en, zh)

    def expect(self, en: str, zh: str, wanted: Any, happened: Any) -> bool:
        """One expectation of this case."""
        return self.stage.expect(self.number, (en, zh), wanted, happened)
