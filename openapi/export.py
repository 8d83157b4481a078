"""Write down what the product promises: `openapi.json` and `errors.md`.

python -m openapi.export           writes them
python -m openapi.export --check   exits 1 when one of them, the vectors or the wire's lock is not current
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from litestar import Litestar

from openapi import errors, lock
from openapi.document import document
from openapi.vectors_build import __main__ as vectors
from server.app import application
from server.bootstrap import open_service
from server.settings import read_settings

FOLDER = Path(__file__).parent


@contextmanager
def running_app() -> Iterator[Litestar]:
    """The application over an empty database that is gone afterwards."""
    with TemporaryDirectory() as folder:
        settings = read_settings(
            {
                "DOORSTEP_DATABASE_URL": f"sqlite:///{folder}/empty.db",
                "DOORSTEP_BLOB_STORE_URL": f"file:{folder}/blobs",
                "DOORSTEP_BASE_URL": "http://127.0.0.1:8400",
                "DOORSTEP_SECRET": "only-for-the-export-of-the-interface-description",
            }
        )
        service = open_service(settings, migrate=True)
        try:
            yield application(service)
        finally:
            service.close()


def files() -> dict[str, str]:
    """File name → text."""
    with running_app() as app:
        described = document(app)
    return {
        "openapi.json": json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False) + "\n",
        "errors.md": errors.page(),
    }


def main(arguments: list[str]) -> int:
    """Exit 1 when `--check` finds something that is not current."""
    made = files()
    stale = [name for name, text in made.items() if not _is_current(FOLDER / name, text)]
    if "--check" not in arguments:
        for name in stale:
            (FOLDER / name).write_text(made[name], "utf-8")
        print(f"openapi: wrote {', '.join(stale)}" if stale else "openapi: all current")
        return 0
    if stale:
        print(f"openapi: {', '.join(stale)} not current; run: python -m openapi.export")
    return max(int(bool(stale)), vectors.main(["--check"]), lock.main([]))


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
