"""`doorstep sim`: the simulator, where the repository is; it is no part of the installed product."""

from __future__ import annotations

import argparse
import importlib
import importlib.util

from server.cli.stop import Stop

NAME = "sim"
MEANING = "simulate companies under all weather, and see that nothing is lost (in a clone of the repository)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whatever the simulator takes: `doorstep sim --help`."""
    parser.prefix_chars = "\0"  # options are the simulator's, and it reads them itself
    parser.add_argument("arguments", nargs="*")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Forward; raises `Stop` where there is no simulator."""
    if importlib.util.find_spec("sim") is None:
        raise Stop("The simulator comes with the repository: run `python -m sim` in a clone of it.")
    status: int = importlib.import_module("sim.command").main(given.arguments)
    return status
