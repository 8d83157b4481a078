"""Questions 1, 2 and 7: a device key that scripts can use and never take, in page and worker."""

from __future__ import annotations

import os
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Page, Playwright

from .chromium import ask, ask_worker, opened
from .finding import Finding
from .origin import Origin
from .signature import is_high, public_key, verifies

BODY = '{"ops":[{"field":"exec_state","value":"到达现场"}]}'
REFUSED = {
    "jwk": "InvalidAccessError",
    "pkcs8": "InvalidAccessError",
    "wrapped": "InvalidAccessError",
    "json": "{}",
}
# What precedes the 32 secret bytes of a P-256 key in PKCS8 (RFC 5958, RFC 5915).
PKCS8_P256 = bytes.fromhex("020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420")


def measure(playwright: Playwright, origin: Origin, folder: Path) -> Iterator[Finding]:
    profile = folder / "credential"
    with opened(playwright, profile) as context:
        page = context.new_page()
        page.goto(origin.url)
        ask(page, "makeKey")
        public = ask(page, "publicKey")
    with opened(playwright, profile) as context:
        page = context.new_page()
        page.goto(origin.url)
        yield from _after_restart(page, public)
        yield from _in_the_worker(page, public)
        yield from _signature(page, public)
    yield from _copied(playwright, origin, profile, public)


def _signed(page: Page, public: dict[str, str]) -> bool:
    nonce = os.urandom(32)
    return verifies(public, ask(page, "sign", body=BODY, nonce=_text(nonce)), BODY, nonce)


def _after_restart(page: Page, public: dict[str, str]) -> Iterator[Finding]:
    alive = ask(page, "hasKey") and ask(page, "publicKey") == public and _signed(page, public)
    yield Finding(1, "key in IndexedDB after a restart: there, the same, signs", _yes(alive), alive)
    taken = ask(page, "takePrivateKey")
    said = ", ".join(f"{way}: `{answer}`" for way, answer in taken.items())
    yield Finding(1, "taking the private key: export as JWK and PKCS8, wrap, JSON", said, taken == REFUSED)
    coordinates = {"kty", "crv", "x", "y"} <= public.keys() and "d" not in public
    yield Finding(1, "public key exported as JWK", _yes(coordinates), coordinates)


def _in_the_worker(page: Page, public: dict[str, str]) -> Iterator[Finding]:
    ask(page, "register")
    nonce = os.urandom(32)
    given = {"body": BODY, "nonce": _text(nonce)}
    by_message = verifies(public, ask_worker(page, "sign", **given), BODY, nonce)
    by_fetch = verifies(public, ask(page, "signByFetch", **given), BODY, nonce)
    answer = f"message {_yes(by_message)}, fetch {_yes(by_fetch)}"
    yield Finding(2, "service worker signs in its handlers", answer, by_message and by_fetch)
    costs = {"page": ask(page, "signCost", count=200), "worker": ask_worker(page, "signCost", count=200)}
    said = "; ".join(
        f"{where}: median {cost['median']:.3f}, mean {cost['mean']:.3f}" for where, cost in costs.items()
    )
    cheap = all(cost["median"] < 20 for cost in costs.values())
    yield Finding(2, "one signature, ms, of 200 (under 20 is cheap)", said, cheap)


def _signature(page: Page, public: dict[str, str]) -> Iterator[Finding]:
    nonce = os.urandom(32)
    signatures = [ask(page, "sign", body=BODY, nonce=_text(nonce)) for _ in range(100)]
    good = sum(verifies(public, one, BODY, nonce) for one in signatures)
    yield Finding(7, "64-byte r‖s over sha256(body)‖nonce verified in Python, of 100", str(good), good == 100)
    wrong = any(
        verifies(public, one, BODY + " ", nonce) or verifies(public, one, BODY, os.urandom(32))
        for one in signatures
    )
    yield Finding(7, "refused with another body; with another nonce", _yes(not wrong), not wrong)
    high = sum(map(is_high, signatures))
    yield Finding(7, "of 100 signatures, s in the upper half (never normalised)", str(high))


def _copied(
    playwright: Playwright, origin: Origin, profile: Path, public: dict[str, Any]
) -> Iterator[Finding]:
    """Not extractable binds scripts; this asks what it means for somebody who has the files."""
    copy = profile.with_name("copied")
    shutil.copytree(profile, copy, ignore=shutil.ignore_patterns("Singleton*"))
    with opened(playwright, copy) as context:
        page = context.new_page()
        page.goto(origin.url)
        signs = bool(ask(page, "hasKey")) and _signed(page, public)
    yield Finding(1, "a copy of the profile folder signs as the same device", _yes(signs))
    stores = [file for file in profile.rglob("*") if file.is_file() and "IndexedDB" in file.parts]
    clear = any(_secret_stands_in(file.read_bytes(), public) for file in stores)
    yield Finding(1, "the private key stands unencrypted in the profile's IndexedDB files", _yes(clear))


def _secret_stands_in(content: bytes, public: dict[str, str]) -> bool:
    _, found, after = content.partition(PKCS8_P256)
    if not found:
        return False
    secret = ec.derive_private_key(int.from_bytes(after[:32], "big"), ec.SECP256R1())
    return secret.public_key() == public_key(public)


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
