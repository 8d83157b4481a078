"""Faults against invariant 8."""

from __future__ import annotations

from tests.mutants.mutation import Mutation

_STATES = "test_states_move_only_as_the_table_says"
_IMMUTABLE = "test_what_cannot_change_once_it_is_said_never_does"
_CHAIN = "test_the_audit_chain_only_grows_and_anyone_can_replay_it"
_SIGNED = "test_a_signature_and_what_it_signed_outlive_every_edit_and_decision"

FAULTS = [
    Mutation(
        name="an event leads where it usually leads, whatever the state",
        invariant=8,
        file="sync/settling/machine.py",
        old="    cell = policy.table[m.standing or policy.initial][event]\n",
        new="    cell = policy.events[event]\n",
        test=_STATES,
    ),
    Mutation(
        name="an immutable value is replaced",
        invariant=8,
        file="sync/settling/plain.py",
        old='    return stays(m, "merged", reason, open=False)\n',
        new="    return applied(m, m.incoming)\n",
        test=_IMMUTABLE,
    ),
    Mutation(
        name="audit entries follow from nothing",
        invariant=8,
        file="sync/audit.py",
        old="link(head, commitment), salt, payload)",
        new="link(GENESIS, commitment), salt, payload)",
        test=_CHAIN,
    ),
    Mutation(
        name="the aggregate forgets the head of its chain",
        invariant=8,
        file="sync/work.py",
        old="        self._chains[aggregate] = (entry.hash, entry.n)\n",
        new="        self._chains[aggregate] = (head, entry.n)\n",
        test=_CHAIN,
    ),
    Mutation(
        name="a decision may put other words into a signed document",
        invariant=8,
        file="domain/authority.py",
        old="    if isinstance(field.policy, Immutable):\n"
        '        return None if keeps and (leads or roles & DESKS) else "immutable"\n',
        new="",
        test=_SIGNED,
        on="",
    ),
]
