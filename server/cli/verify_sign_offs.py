"""`doorstep verify-sign-offs`: verify the sign-offs that nobody has checked yet, beside a running server."""

from __future__ import annotations

import argparse
from collections import Counter

from domain.verification import REASONS
from server.cli.opened import opened
from server.db.queries.sign_offs import signed_aggregates

NAME = "verify-sign-offs"
MEANING = "verify sign-offs that came before the server verified them, or with --again all"
_AT_ONCE = 200


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to look at those that were checked, too."""
    parser.add_argument(
        "--again",
        action="store_true",
        help="those that were checked, too: what was found then is replaced where it differs now",
    )


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Check them, and count what was found."""
    counts: Counter[str] = Counter()
    logged = 0
    with opened(environ) as service:
        print("verify-sign-offs: looking for sign-offs ...", flush=True)
        after = ""
        while page := signed_aggregates(service.store.database, after, _AT_ONCE):
            found = service.sign_offs.look(service.engine, page, again=given.again)
            counts.update(one.reason for one in found)
            logged += sum(service.evidence.export.log_all(one) for one in page)
            after = page[-1]
    print(f"verify-sign-offs: {counts['']} verified")
    if logged:
        print(f"verify-sign-offs: {logged} are older than the log, and are in it now")
    for reason in REASONS:
        if counts[reason]:
            print(f"verify-sign-offs: {counts[reason]} not verified: {reason}: {REASONS[reason][0]}")
    return 0
