"""`doorstep demo` with a smaller company, for tests that need one to talk to: `python -m tests.demo.small`."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial

from server.cli import demo
from server.cli.command import main
from server.demo.build import build_demo
from server.demo.content.customers import customer_base
from server.demo.content.history import closed_year
from server.demo.content.load import Content
from server.demo.content.moments import day_of, minute_of
from server.demo.content.today import open_days
from server.demo.content.world import World


def smaller(now: datetime, content: Content) -> World:
    """A company of the same kind with fewer customers, for what needs no full one."""
    base = customer_base(content, day_of(minute_of(now)), count=400)
    year = closed_year(content, base, now, count=300)
    return World(content, base, year, open_days(content, base, year, now), now)


if __name__ == "__main__":
    demo.build_demo = partial(build_demo, world_at=smaller)
    sys.exit(main(["demo"]))
