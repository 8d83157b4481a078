"""Questions 5 and 6: the page starts without its server; what a worker started so can authenticate with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Error, Page, Playwright

from .chromium import ask, ask_worker, opened
from .finding import Finding
from .origin import Origin


def measure(playwright: Playwright, origin: Origin, folder: Path) -> Iterator[Finding]:
    profile = folder / "offline"
    with opened(playwright, profile) as context:
        page = context.new_page()
        page.goto(origin.url)
        without = _stopped_reload(origin, page)
        yield Finding(
            5, "control: reload with the server stopped, before a worker", without, without == "fails"
        )
        page = context.new_page()
        page.goto(origin.url)
        ask(page, "register")
        ask(page, "makeKey")
        ask(page, "hold", name="bearer", value="token-of-the-probe")
        page.evaluate("() => fetch('/login')")
        reloaded = _stopped_reload(origin, page)
        yield Finding(
            5, "reload with the server stopped, from the worker's cache", reloaded, reloaded == "works"
        )
        yield from _background(page)
    origin.stop()
    served = origin.served
    with opened(playwright, profile) as context:
        page = context.new_page()
        started = _attempt(lambda: page.goto(origin.url))
        works = started == "works" and ask(page, "controlled") and origin.served == served
        yield Finding(5, "browser restarted, server still stopped: the page starts", started, works)
        yield from _credentials(origin, page)


def _stopped_reload(origin: Origin, page: Page) -> str:
    origin.stop()
    try:
        return _attempt(page.reload)
    finally:
        origin.start()


def _attempt(navigate: Callable[[], object]) -> str:
    try:
        navigate()
    except Error:
        return "fails"
    return "works"


def _credentials(origin: Origin, page: Page) -> Iterator[Finding]:
    key = len(ask_worker(page, "sign", body="{}", nonce="AAAA")) == 88
    yield Finding(6, "started offline, worker: signs with the device key", "yes" if key else "no", key)
    bearer = ask_worker(page, "held", name="bearer")
    yield Finding(
        6, "started offline, worker: reads a bearer token from IndexedDB", "yes" if bearer else "no"
    )
    seen = ask_worker(page, "visibleCookies")
    said = ", ".join(seen) or "sees none: cannot know whether it is logged in"
    yield Finding(6, "started offline, worker: HttpOnly SameSite=Strict cookies", said)
    origin.start()
    arrived = ask_worker(page, "arriving", bearer=True)
    said = (
        f"cookies: {', '.join(arrived['cookies']) or 'none'}; bearer: {'yes' if arrived['bearer'] else 'no'}"
    )
    yield Finding(6, "server back, worker's request carries (login set `session` and `lasting`)", said)


def _background(page: Page) -> Iterator[Finding]:
    said = ", ".join(f"{name}: {answer}" for name, answer in ask(page, "background").items())
    yield Finding(9, "background APIs on the registration (`register` tried)", said)
    seen = {**ask(page, "passkey"), "worker": ask_worker(page, "has")["credentials"]}
    said = ", ".join(f"{name}: {answer}" for name, answer in seen.items())
    yield Finding(6, "WebAuthn present", said)
