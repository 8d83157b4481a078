"""What must never be."""

from __future__ import annotations


class Violation(Exception):
    """A promise was broken. `invariant` is its number in docs/ARCHITECTURE.md; 0: the model disagrees, or a fault."""

    def __init__(self, invariant: int, sentence: str) -> None:
        super().__init__(f"invariant {invariant}: {sentence}")
        self.invariant = invariant
        self.sentence = sentence


def hold(condition: object, invariant: int, sentence: str) -> None:
    """Raise a `Violation` unless the condition holds.

    The sentence is made in any case: where it shows much and is asked often, raise a `Violation` by hand.
    """
    if not condition:
        raise Violation(invariant, sentence)
