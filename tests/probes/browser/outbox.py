"""Questions 4 and 8: an outbox that a killed browser keeps and that two tabs number without a repeat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median

from playwright.sync_api import BrowserContext, Error, Playwright

from .chromium import ask, ask_worker, kill, opened, process_of
from .finding import Finding
from .flush import flushes
from .origin import Origin

DURABILITIES = ("strict", "relaxed")
KILLS = 10
WRITES = 500


def measure(playwright: Playwright, origin: Origin, folder: Path) -> Iterator[Finding]:
    profile = folder / "outbox"
    with opened(playwright, profile) as context:
        yield from _speed(context, origin)
        yield from _flushes(context, origin, process_of(profile), folder)
        yield from _numbers(context, origin)
    for durability in DURABILITIES:
        lost = sum(_lost(playwright, origin, profile, durability, kill_at) for kill_at in range(1, KILLS + 1))
        asked = f"{durability}: operations lost by {KILLS} × kill -9 at their `complete` event"
        yield Finding(4, asked, str(lost), lost == 0)
    seen = sum(_lost(playwright, origin, profile, "strict", kill_at, first=True) for kill_at in (1, 2, 3))
    yield Finding(4, "control: reported *before* the write, 3 kills: the loss is seen", str(seen), seen == 3)


def _speed(context: BrowserContext, origin: Origin) -> Iterator[Finding]:
    page = context.new_page()
    page.goto(origin.url)
    for durability in DURABILITIES:
        times = [ask(page, "writeEach", count=200, durability=durability) for _ in range(5)]
        said = f"median {median(times):.0f} ({min(times):.0f}–{max(times):.0f})"
        yield Finding(4, f"{durability}: 200 single-write transactions, ms, 5 runs", said)


def _flushes(context: BrowserContext, origin: Origin, process: int, folder: Path) -> Iterator[Finding]:
    """A kill leaves unflushed bytes with the system, a power cut does not: count the flushes."""
    page = context.new_page()
    page.goto(origin.url)
    counts = []
    for durability in DURABILITIES:
        work = partial(ask, page, "writeEach", count=200, durability=durability)
        count = flushes(process, work, folder)
        counts.append(f"{durability} {'not measured (strace absent or refused)' if count is None else count}")
    said = ", ".join(counts)
    yield Finding(4, "flushes to disk asked of the system by 200 transactions", said)


def _numbers(context: BrowserContext, origin: Origin) -> Iterator[Finding]:
    asked = {
        "unguarded": "control: read the last number, then write, unguarded: repeats are seen",
        "locked": "the same under a Web Lock",
        "transaction": "both in one readwrite transaction, no lock",
    }
    for way, question in asked.items():
        numbers, changes = _interleaved(context, origin, way)
        repeats = len(numbers) - len(set(numbers))
        whole = sorted(numbers) == list(range(1, WRITES + 1))
        said = f"{len(numbers)} written, {repeats} repeated, writer changed {changes} times"
        holds = repeats > 0 if way == "unguarded" else whole
        yield Finding(8, f"two tabs and the worker: {question}", said, holds)
    page = context.pages[-1]
    locks = ask(page, "has")["locks"] and ask_worker(page, "has")["locks"]
    yield Finding(8, "Web Locks in page and service worker", "yes" if locks else "no", locks)


def _interleaved(context: BrowserContext, origin: Origin, way: str) -> tuple[list[int], int]:
    """The numbers that two tabs (200 each) and the service worker (100) wrote at the same time."""
    tabs = [context.new_page(), context.new_page(), context.new_page()]
    for tab in tabs:
        tab.goto(origin.url)
        ask(tab, "register")
    for tab, beginning, count in zip(tabs, ("begin", "begin", "beginInWorker"), (200, 200, 100), strict=True):
        given = {"run": way, "writer": str(tabs.index(tab)), "way": way, "count": count}
        tab.evaluate(f"(given) => {beginning}('appendNumbered', given)", given)
    for tab in tabs:
        tab.evaluate("() => ended()")
    return ask(tabs[0], "numbersOf", run=way), ask(tabs[0], "changesOfWriter", run=way)


def _lost(
    playwright: Playwright, origin: Origin, profile: Path, durability: str, kill_at: int, first: bool = False
) -> int:
    """How many reported operations are missing after a kill at report `kill_at`."""
    run = f"{durability}-{kill_at}-{first}"
    reported: set[int] = set()
    with opened(playwright, profile) as context:
        page = context.new_page()
        page.goto(origin.url)
        process = process_of(profile)

        def note(number: int) -> None:
            reported.add(number)
            if number == kill_at:
                kill(process)

        origin.on_written = note
        with suppress(Error):  # the page goes away in the middle of the call
            ask(page, "writeAndReport", run=run, until=kill_at + 1, durability=durability, first=first)
    if kill_at not in reported:
        raise RuntimeError(f"the browser was never killed at {kill_at}: nothing was measured")
    with opened(playwright, profile) as context:
        page = context.new_page()
        page.goto(origin.url)
        return len(reported - set(ask(page, "numbersOf", run=run)))
