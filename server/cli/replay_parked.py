"""`doorstep replay-parked`: after a deploy, try again what was parked because nobody understood it."""

from __future__ import annotations

import argparse

from mobile_api.problem import Phrase
from server.cli.opened import opened
from server.cli.speech import filled, say
from server.cli.stop import WrongArgument
from sync.engine import AFTER_A_DEPLOY
from sync.reasons import PARKED

NAME = "replay-parked"
MEANING = "try parked operations again, as after a deploy"

_UNKNOWN = Phrase(
    "Nothing is parked for {reason}; known reasons are {known}.",
    "没有因 {reason} 而暂存的操作；可用的原因有：{known}。",
)
_TRYING = Phrase(
    "replay-parked: trying operations parked for {reasons} ...",
    "replay-parked：正在重试因 {reasons} 暂存的操作……",
)
_ONE = Phrase("replay-parked: {id}: {status}", "replay-parked：{id}：{status}")
_RELEASED = Phrase("replay-parked: {count} released", "replay-parked：已放行 {count} 项")


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
        raise WrongArgument(filled(_UNKNOWN, reason=repr(unknown[0]), known=", ".join(PARKED)))
    with opened(environ) as service:
        say(_TRYING, reasons=", ".join(reasons))
        released = service.engine.replay_parked(reasons)
    for result in released:
        say(_ONE, id=result.id, status=result.status)
    say(_RELEASED, count=len(released))
    return 0
