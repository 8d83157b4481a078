"""`doorstep verify FILE`: what a file of evidence proves, and what it does not. Needs no database and no settings."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from domain.evidence.case import Outside
from domain.evidence.package import LARGEST_BYTES
from domain.evidence.verdict import judge
from domain.evidence.words import told
from mobile_api.problem import Phrase
from server.cli.speech import filled, language
from server.cli.stop import Stop, WrongArgument
from server.evidence.key import ARITHMETIC
from sync.log.note import NoNote, NoteKey, read_key

NAME = "verify"
MEANING = "say what a file of evidence proves, and what it does not"
_PIECE = 1024 * 1024

_UNREADABLE = Phrase("{file} cannot be read: {why}.", "无法读取 {file}：{why}。")
_NO_KEY = Phrase(
    "{key} is no key; it looks like name+1a2b3c4d+Ab12..., as /v1/log/key tells it.",
    "{key} 不是密钥；其形式如 name+1a2b3c4d+Ab12...，可从 /v1/log/key 读取。",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and what the reader has got elsewhere."""
    parser.add_argument("file", type=Path, help="as the desk handed it out")
    parser.add_argument(
        "--key", action="append", default=[], help="the company's key, got elsewhere; may be repeated"
    )
    parser.add_argument(
        "--held",
        action="append",
        default=[],
        type=Path,
        metavar="NOTE",
        help="a checkpoint that was got elsewhere; may be repeated",
    )
    parser.add_argument(
        "--media", type=Path, metavar="FOLDER", help="where photos and drawings lie, by any name"
    )
    parser.add_argument("--language", choices=("en", "zh"), help="in which language to answer")


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Print the verdict; 0 when the file holds and its sign-offs are proven, else 1."""
    outside = Outside(
        keys=tuple(_key(one) for one in given.key),
        held=tuple(_read(one).decode(errors="replace") for one in given.held),
        files=None if given.media is None else frozenset(_hashes(given.media)),
    )
    verdict = judge(_read(given.file), ARITHMETIC, outside)
    for line in told(verdict, given.language or language(environ)):
        print(line)
    return 0 if verdict.holds() else 1


def _key(text: str) -> NoteKey:
    try:
        return read_key(text)
    except NoNote:
        raise WrongArgument(filled(_NO_KEY, key=text)) from None


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise Stop(filled(_UNREADABLE, file=file, why=error.strerror)) from None


def _hashes(folder: Path) -> list[str]:
    try:
        return [_sha256(one) for one in sorted(folder.rglob("*")) if one.is_file()]
    except OSError as error:
        raise Stop(filled(_UNREADABLE, file=error.filename or folder, why=error.strerror)) from None


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
