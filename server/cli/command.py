"""Choose the subcommand, and turn what stops it into a sentence and an exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from mobile_api.problem import Phrase
from server.bootstrap import FaultySchema
from server.cli import (
    backup,
    clocks,
    collect,
    demo,
    device,
    history,
    import_rows,
    messages,
    migrate,
    personal,
    policies,
    rebuild,
    reminders,
    replay_parked,
    restore,
    serve,
    sim,
    user,
    verify,
    verify_sign_offs,
)
from server.cli.speech import filled, language
from server.cli.stop import WrongArgument
from server.media_parts import StoreNotBuilt
from server.settings import SettingsProblem
from server.told import Told
from sync.store import StoreRejected, StoreUnavailable

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
_NO_DATABASE = Phrase("The database cannot be used: {problem}.", "数据库无法使用：{problem}。")
_NOT_HELD = Phrase(
    "The database cannot hold a value that was given: {problem}.", "数据库无法保存所给的某个值：{problem}。"
)
_INTERRUPTED = Phrase("Stopped.", "已停止。")


class Subcommand(Protocol):
    """What each file here declares."""

    NAME: str
    MEANING: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, given: argparse.Namespace, environ: dict[str, str]) -> int:
        """Do it; returns the exit status. Raises what `main` turns into a sentence."""


_SUBCOMMANDS = (
    serve,
    migrate,
    demo,
    import_rows,
    user,
    device,
    history,
    policies,
    clocks,
    rebuild,
    collect,
    replay_parked,
    reminders,
    messages,
    personal,
    backup,
    restore,
    verify,
    verify_sign_offs,
    sim,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `doorstep`; returns 0, 1 when it could not be done, 2 for a wrong setting or argument."""
    parser = argparse.ArgumentParser(
        prog="doorstep", description="Field service that works without signal. Settings: docs/settings.md."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in _SUBCOMMANDS:
        one = commands.add_parser(module.NAME, help=module.MEANING, description=module.MEANING)
        module.arguments(one)
        one.set_defaults(run=module.run)
    given = _parsed(parser, _readable(parser, sys.argv[1:] if argv is None else argv))
    run: Callable[[argparse.Namespace, dict[str, str]], int] = given.run
    try:
        return run(given, dict(os.environ))
    except Told as problem:
        return _stopped(problem.said(language()), MISUSED if isinstance(problem, WrongArgument) else FAILED)
    except SettingsProblem as problem:
        return _stopped(str(problem), MISUSED)
    except (FaultySchema, StoreNotBuilt) as problem:
        return _stopped(str(problem), FAILED)
    except StoreUnavailable as problem:
        return _stopped(filled(_NO_DATABASE, problem=problem).said(language()), FAILED)
    except StoreRejected as problem:
        return _stopped(filled(_NOT_HELD, problem=problem).said(language()), FAILED)
    except KeyboardInterrupt:
        return _stopped(_INTERRUPTED.said(language()), INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        return _stopped(f"{error.filename or 'The machine'}: {error.strerror or error}.", FAILED)


def _parsed(parser: argparse.ArgumentParser, argv: Sequence[str]) -> argparse.Namespace:
    """The arguments; a file may stand behind the options too.

    argparse takes an optional argument for absent as soon as an option comes before it; the subcommand names it
    as `late`.
    """
    given, rest = parser.parse_known_args(argv)
    late = getattr(given, "late", "")
    if late and len(rest) == 1 and not rest[0].startswith("-") and getattr(given, late) is None:
        setattr(given, late, Path(rest[0]))
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return given


def _readable(parser: argparse.ArgumentParser, argv: Sequence[str]) -> Sequence[str]:
    """Arguments that are text; bytes that are not UTF-8 could be neither stored nor shown."""
    for one in argv:
        try:
            one.encode()
        except UnicodeEncodeError:
            parser.error(f"an argument is not UTF-8: {one.encode(errors='replace').decode()}")
    return argv


def _stopped(sentence: str, status: int) -> int:
    print(f"doorstep: {sentence}", file=sys.stderr)
    return status
