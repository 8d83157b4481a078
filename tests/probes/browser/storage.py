"""Questions 3 and 9: whether storage is kept for good, what incognito does, and gzip."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, Playwright

from .chromium import FLAGS, ask, ask_worker, executable, opened
from .finding import Finding
from .origin import Origin

OPERATION = {"entity": "visit", "field": "exec_state", "value": "到达现场"}
PUSH = json.dumps([{"seq": seq, **OPERATION} for seq in range(100)])


def measure(playwright: Playwright, origin: Origin, folder: Path) -> Iterator[Finding]:
    with opened(playwright, folder / "storage") as context:
        page = context.new_page()
        page.goto(origin.url)
        yield Finding(3, "persist(), as it comes", _storage(page))
        granted = {"permissions": ["durableStorage"], "origin": origin.url}
        context.new_cdp_session(page).send("Browser.grantPermissions", granted)
        yield Finding(3, "persist(), with the permission granted", _storage(page))
        yield from _gzip(page)
    with opened(playwright, folder / "storage") as context:
        page = context.new_page()
        page.goto(origin.url)
        yield Finding(3, "the same profile after a restart", _storage(page))
    yield from _incognito(playwright, origin)


def _storage(page: Page) -> str:
    seen = ask(page, "storage")
    before, after = (str(seen[name]).lower() for name in ("persistedBefore", "persistedAfter"))
    granted = str(seen["persist"]).lower()
    return f"persisted {before}, persist() {granted}, then {after}; {seen['quotaMegabytes']} MiB"


def _incognito(playwright: Playwright, origin: Origin) -> Iterator[Finding]:
    browser = playwright.chromium.launch(executable_path=executable(), headless=True, args=FLAGS)
    try:
        context = browser.new_context()
        page = context.new_page()
        page.goto(origin.url)
        ask(page, "makeKey")
        ask(page, "register")
        signs = len(ask_worker(page, "sign", body="{}", nonce="AAAA")) == 88
        yield Finding(3, "incognito: key kept and used by the worker", "yes" if signs else "no")
        yield Finding(3, "incognito: persist()", _storage(page))
        context.close()
        page = browser.new_context().new_page()
        page.goto(origin.url)
        kept = ask(page, "hasKey")
        said = "still there" if kept else "gone"
        yield Finding(3, "incognito: key after the last window closed", said)
    finally:
        browser.close()


def _gzip(page: Page) -> Iterator[Finding]:
    ask(page, "register")
    for where, asked in (("page", ask), ("worker", ask_worker)):
        packed = b64decode(asked(page, "gzip", text=PUSH))
        there = gzip.decompress(packed).decode() == PUSH
        back = asked(page, "gunzip", data=b64encode(gzip.compress(PUSH.encode())).decode()) == PUSH
        said = f"{len(PUSH)} → {len(packed)} bytes, Python reads it: {there}; Python's is read: {back}"
        yield Finding(9, f"gzip streams in the {where}", said, there and back)
