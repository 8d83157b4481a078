"""errors.md names every problem and reason, and is what the code says."""

from __future__ import annotations

import re

from domain.refusals import REFUSALS
from openapi.errors import GROUPS, ROOT, page, problem_modules, problems
from sync.reasons import REASONS
from tests.openapi.vectors import load


def test_the_page_is_current() -> None:
    written = (ROOT / "openapi" / "errors.md").read_text("utf-8")
    assert written == page(), "run: python -m openapi.export"


def test_every_problem_and_reason_is_on_the_page() -> None:
    text = page()
    assert [code for code in [*problems(), *REASONS, *REFUSALS] if f"| `{code}` |" not in text] == []


def test_every_reason_is_in_a_group_and_every_group_names_reasons() -> None:
    grouped = {name for names in GROUPS.values() for name in names}
    assert grouped == set(REASONS)


def test_reasons_of_the_vectors_come_with_the_outcome_under_which_they_stand() -> None:
    """A group is what the protocol does: every outcome that a merge vector expects is in it."""
    said = {
        (one["outcome"], one["reason"])
        for case in load("merge")["cases"]
        for one in case["expect"].get("outcomes", [])
        if "reason" in one
    }
    listed = {
        (title.rpartition("outcome `")[2].rstrip("`"), name)
        for title, names in GROUPS.items()
        for name in names
        if "outcome" in title
    }
    assert said <= listed
    assert {name for _, name in listed - said} <= {"already_decided", "value_changed"}


def test_every_problem_is_declared_where_the_page_looks() -> None:
    looked = {module.replace(".", "/") + ".py" for module in problem_modules()}
    declared = {
        str(path.relative_to(ROOT))
        for room in ("mobile_api", "server", "scheduler")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"^class \w+\(Problem\):", path.read_text("utf-8"), re.M)
    }
    assert declared - looked == set(), "declare problems in a problems.py"


def test_a_client_can_tell_what_to_send_again() -> None:
    retryable = {code for code, cause in problems().items() if cause.retryable}
    assert {"access_token_expired", "nonce_refused", "store_unavailable"} <= retryable
    assert "enrolment_code_used" not in retryable
