"""`doorstep replay-parked`: after a deploy, try again what was parked because nobody understood it."""

from __future__ import annotations

import argparse

from server.cli.opened import opened
from server.cli.stop import WrongArgument
from sync.engine import AFTER_A_DEPLOY
from sync.reasons import PARKED

NAME = "replay-parked"
MEANING = "try parked operations again, as after a deploy"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which reasons."""
    parser.add_argument(
        "--reason",
        action="append",
        metavar="CODE",
        help=f"one of {', '.join(PARKED)}; may be repeated (without it: {', '.join(AFTER_A_DEPLOY)})",
    )


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Replay, and count what was released."""
    reasons = tuple(dict.fromkeys(given.reason or AFTER_A_DEPLOY))
    if unknown := [reason for reason in reasons if reason not in PARKED]:
        raise WrongArgument(f"Nothing is parked for {unknown[0]!r}; known reasons are {', '.join(PARKED)}.")
    with opened(environ) as service:
        print(f"replay-parked: trying operations parked for {', '.join(reasons)} ...", flush=True)
        released = service.engine.replay_parked(reasons)
    for result in released:
        print(f"replay-parked: {result.id}: {result.status}")
    print(f"replay-parked: {len(released)} released")
    return 0
