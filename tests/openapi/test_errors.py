"""errors.md names every problem and reason, and is what the code says."""

from __future__ import annotations

import re

from openapi.errors import ROOT, page, problem_modules, problems
from sync.reasons import REASONS


def test_the_page_is_current() -> None:
    written = (ROOT / "openapi" / "errors.md").read_text("utf-8")
    assert written == page(), "run: python -m openapi.export"


def test_every_problem_and_reason_is_on_the_page() -> None:
    text = page()
    assert [code for code in [*problems(), *REASONS] if f"| `{code}` |" not in text] == []


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
