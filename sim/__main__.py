"""`python -m sim`: see `--help`."""

from __future__ import annotations

import argparse
import sys

import sim
from sim.command import arguments, run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sim", description=sim.__doc__)
    arguments(parser)
    sys.exit(run(parser.parse_args()))
