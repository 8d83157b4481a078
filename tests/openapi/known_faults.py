"""Vectors that the engine does not satisfy yet, each with what is wrong. A mended one must leave this list."""

from __future__ import annotations

_DECISIONS = "check_against does not know the root `*`: every decision is parked as wrong_aggregate"
_NO_OWNER = "a field of policy owner without roles: its standing value counts as a non-owner's"
_CANONICAL = "canonical.encode keeps the declared order of struct members instead of sorting them"
_CREATION = "clocks of a set's elements that equal the creation's are lost in the record's bytes"

KNOWN_FAULTS: dict[str, str] = {
    **{
        f"owner: nobody in particular owns it: {circumstance}": _NO_OWNER
        for circumstance in ("concurrent", "forked", "restored epoch", "base ahead")
    },
    "form: a boolean in a recount": "int(…) patterns match booleans",
    "form: a sum beyond 2^53-1": "a counter's sum is not checked",
    "a counter never leaves the integers that every client can hold": "a counter's sum is not checked",
    "form: a request of no form": "a request for a counter, set, list or text is not checked for its form",
    "delete: of two unseen writes in one version the later seq counts": "the newest is chosen by version alone, "
    "then by dict order",
    "set: an element that is present is added again, and remembered": "a repeated addition leaves no clock, "
    "so that a concurrent removal wins",
    "set: an element of an unseen creation survives its removal": _CREATION,
    "set: an element of the creation survives a removal from another epoch": _CREATION,
    "request: a step says where it would lead": "a requested event is kept without `to`: "
    "granting it raises TypeError",
    **{
        f"operation: {name}": _CANONICAL
        for name in ("an update", "a creation", "a deletion", "text beyond ASCII")
    },
    "an entry's payload is canonical": _CANONICAL,
    **{
        f"decision: {name}": _DECISIONS
        for name in (
            "what stands is right",
            "the losing value is right",
            "another value is right",
            "another value that does not fit is refused",
            "the later value is taken back",
            "about a value that has changed since is shown again",
            "the first one counts",
            "a request is granted",
            "a contradicting step is right after all",
            "an overlapping text is right",
            "it is deleted after all",
            "what was revived stays deleted after all",
        )
    },
    "decision: a requested step is granted": f"{_DECISIONS}; then TypeError in check_forced",
    "decision: a requested increment is granted": f"{_DECISIONS}; then {{inc}} is set as the value",
    "decision: the clashing entry is right": f"{_DECISIONS}; then {{add}} is set as the value",
    "decision: a deletion is not carried out over work that came after the question": f"{_DECISIONS}; "
    "then later edits are not noticed",
    "a forked batch that comes once more does not set its copy back": "_fork writes the copy's row anew, last_seq 0",
    "a revoked copy is not let in again by its forked batch": "_fork writes the copy's row anew, not revoked",
    "what the system derives is right after a late replay": "a replayed operation's follow-up counts as superseded",
    "what waits is released in its author's name when the desk brings the record": "only the pusher's entitlements "
    "are loaded: the author is found not entitled, for good",
    "a base that goes back within one batch is not believed either": "base_floor does not see the batch itself",
    "a job taken away and given back covers what was authored before": "a new grant replaces the closed interval",
    "what waits and is poisoned does not spoil the operation that releases it": "a failing release is blamed on "
    "the operation that released it",
    "after an upgrade, a poisoned operation does not hold up the others": "replay_parked stops at the first failure",
}
