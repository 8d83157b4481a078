"""`doorstep serve`: answer phones and desks until SIGTERM."""

from __future__ import annotations

import argparse

from server.listen import listen
from server.settings import read_settings

NAME = "serve"
MEANING = "answer phones and desks over HTTP until SIGTERM"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, instead of what the settings say."""
    parser.add_argument("--host", help="instead of DOORSTEP_HOST")
    parser.add_argument("--port", type=int, help="instead of DOORSTEP_PORT")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Serve. The database must be at this program's revision."""
    over = {"DOORSTEP_HOST": given.host, "DOORSTEP_PORT": given.port}
    settings = read_settings(
        environ | {name: str(value) for name, value in over.items() if value is not None}
    )
    listen(settings)
    return 0
