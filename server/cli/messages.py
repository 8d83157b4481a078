"""`doorstep messages`: what customers were told, over which channel, and what did not go out."""

from __future__ import annotations

import argparse
import sys

import msgspec

from domain.declaration import SCHEMA
from server.cli.opened import opened
from server.db.queries.messages import MessageRow, messages

NAME = "messages"
MEANING = "list messages to customers: accepted, delivered, opened, or why they did not go out"
SHOWN = 50
MOST = 10_000
STATES = SCHEMA.entities["notification"].fields["state"].type.choices


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which ones, how many, and in which form."""
    parser.add_argument("--state", choices=STATES, default="", help="only these")
    parser.add_argument("--limit", type=_limit, default=SHOWN, metavar="N", help=f"so many at most ({SHOWN})")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """List them, the newest first."""
    with opened(environ) as service:
        found = messages(service.store.database, given.state, "", given.limit)
        place = f" into {service.messages.folder.folder}" if service.messages.is_local else ""
    if given.json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return 0
    print(f"messages: {len(found)} (at most {given.limit}, the newest first){place}")
    for row in found:
        print(_line(row))
    return 0


def _limit(text: str) -> int:
    """A whole number from 1 to `MOST`."""
    if not text.isdecimal() or not 0 < int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST}; for example {SHOWN}")
    return int(text)


def _line(row: MessageRow) -> str:
    said = f"{row.state}: {row.kind} of {row.aggregate}, asked {row.asked_at}"
    for word, at in (
        ("accepted", row.accepted_at),
        ("delivered", row.delivered_at),
        ("opened", row.opened_at),
    ):
        said += f", {word} {at}" if at else ""
    said += f" by {row.channel}" if row.channel else ""
    return said + (f" ({row.failure})" if row.failure else "")
