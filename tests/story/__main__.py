"""`python -m tests.story`: play the day and the fourteen cases against a running demo; exit 0 only if all held."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.story.company import Company, NoDemo
from tests.story.own_demo import own_demo
from tests.story.performance import Performance
from tests.story.stage import Stage
from tests.story.transcript import Language, Transcript

ALL_HELD, NOT_ALL_HELD, NO_DEMO = 0, 1, 2
DEMO_FILE = Path("var/demo.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Play; returns 0, 1 when something did not hold, 2 when there is no demo."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.story",
        description="A technician's whole day and the fourteen cases, over HTTP.",
    )
    parser.add_argument(
        "--demo-file", type=Path, default=DEMO_FILE, help=f"who may log in (default: {DEMO_FILE})"
    )
    parser.add_argument("--own", action="store_true", help="start a throw-away demo and stop it at the end")
    parser.add_argument("--zh", action="store_true", help="用中文输出 (tell it in Chinese)")
    given = parser.parse_args(arguments)
    language: Language = "zh" if given.zh else "en"
    transcript = Transcript(language, sys.stdout)
    try:
        with tempfile.TemporaryDirectory(prefix="doorstep-story-") as folder:
            if not given.own:
                return play(given.demo_file, transcript, Path(folder))
            transcript.say(("story: building a throw-away demo ...", "演练：正在生成临时演示系统……"))
            place = Path(folder) / "demo"
            place.mkdir()
            with own_demo(place) as file:
                return play(file, transcript, Path(folder))
    except NoDemo as problem:
        print(f"story: {problem.say[1] if given.zh else problem.say[0]}", file=sys.stderr)
        return NO_DEMO


def play(demo_file: Path, transcript: Transcript, folder: Path) -> int:
    """Play against the demo of this file; raises `NoDemo`."""
    company = Company.from_file(demo_file, transcript.language)
    transcript.say((f"story: against {company.base_url}", f"演练：连接 {company.base_url}"))
    stage = Stage(transcript, company, folder)
    try:
        Performance(stage).play()
    finally:
        for phone in stage.phones.values():
            phone.close()
        company.close()
    held = transcript.all_held
    transcript.say(("all held" if held else "NOT everything held", "全部成立" if held else "并非全部成立"))
    return ALL_HELD if held else NOT_ALL_HELD


if __name__ == "__main__":
    sys.exit(main())
