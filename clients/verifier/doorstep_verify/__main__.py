"""`python -m doorstep_verify FILE`: print the verdict."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from doorstep_verify.checks import Outside
from doorstep_verify.file import LARGEST_BYTES
from doorstep_verify.note import Bad, key_from
from doorstep_verify.verdict import judge
from doorstep_verify.words import told


def main(argv: list[str] | None = None) -> int:
    """0: it holds; 1: it does not, or a sign-off in it is not proven; 2: an argument cannot be meant."""
    parser = argparse.ArgumentParser(prog="doorstep_verify", description="What a file of evidence proves.")
    parser.add_argument("file", type=Path, help="as it was handed out")
    parser.add_argument("--key", action="append", default=[], help="the company's key, got elsewhere")
    parser.add_argument(
        "--held", action="append", default=[], type=Path, metavar="NOTE", help="a checkpoint, got elsewhere"
    )
    parser.add_argument("--media", type=Path, metavar="FOLDER", help="where photos and drawings lie")
    parser.add_argument("--language", choices=("en", "zh"), default=_language())
    given = parser.parse_args(argv)
    try:
        keys = tuple(key_from(one) for one in given.key)
        outside = Outside(
            keys=keys,
            held=tuple(_read(one).decode(errors="replace") for one in given.held),
            files=None if given.media is None else frozenset(_hashes(given.media)),
        )
        verdict = judge(_read(given.file), outside)
    except Bad as problem:
        parser.error(f"--key: {problem}")
    except OSError as problem:
        parser.error(f"{problem.filename}: {problem.strerror}")
    for line in told(verdict, given.language):
        print(line)
    return 0 if verdict.holds() else 1


def _language() -> str:
    names = ("DOORSTEP_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    said = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "zh" if said.lower().startswith("zh") else "en"


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST_BYTES + 1)


def _hashes(folder: Path) -> list[str]:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found.append(hashlib.file_digest(file, "sha256").hexdigest())
    return found


if __name__ == "__main__":
    sys.exit(main())
