"""`doorstep demo`: the product with a company that a service manager would believe, on SQLite and a local folder."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from server.cli.stop import Stop
from server.demo.build import build_demo
from server.demo_access import DemoAccess
from server.listen import listen
from server.private_files import exposed, private_file, private_folder
from server.service import Service
from server.setting_kinds import SHORTEST_SECRET
from server.settings import Settings, read_settings

NAME = "demo"
MEANING = "build the demo company if it is not there, print who can log in, and serve"

FOLDER = Path("var")
CODE_DAYS = 30
FALLBACK = {
    "DOORSTEP_DATABASE_URL": "sqlite:///var/demo.db",
    "DOORSTEP_BLOB_STORE_URL": "file:var/demo-blobs",
    "DOORSTEP_ENROLMENT_CODE_MINUTES": str(CODE_DAYS * 24 * 60),
}
"""What the demo uses where the environment says nothing: never the data of a real company."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """None: everything else is a setting."""


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Build what is missing, write var/demo.json, serve until SIGTERM. Safe to run again, and to break off.

    Raises Stop for a secret that was damaged, and what serving raises.
    """
    fallback = FALLBACK | _address(environ)
    if not environ.get("DOORSTEP_SECRET"):
        fallback["DOORSTEP_SECRET"] = _secret()
    settings = read_settings(environ, fallback)
    listen(settings, _prepare, migrate=True)
    return 0


def _prepare(service: Service) -> None:
    settings = service.settings
    print(f"demo: building the company in {_place(settings)} ...", flush=True)
    access = DemoAccess(service, FOLDER / "demo.json")
    company = build_demo(
        service.engine,
        add_account=access.add,
        add_phone=access.phone,
        tell=lambda line: print(f"demo: {line}", flush=True),
    )
    print(f"demo: {company.operations} operations added; it is the company's {company.as_of:%Y-%m-%d}")
    access.write(settings.base_url)
    if sentence := exposed([FOLDER / "demo.json", FOLDER / "demo.secret"]):
        print(f"demo: {sentence}")
    for line in access.lines():
        print(line)
    # Into a pipe or a file everything else would come out only when the server ends.
    where = FOLDER / "demo.json"
    print(f"demo: serving on {settings.base_url} (stop with Ctrl+C); logins are in {where}", flush=True)


def _address(environ: dict[str, str]) -> dict[str, str]:
    """Where another port is asked for and no address, the address follows the port."""
    port = environ.get("DOORSTEP_PORT", "")
    return {"DOORSTEP_BASE_URL": f"http://127.0.0.1:{port}"} if port.isdigit() else {}


def _place(settings: Settings) -> str:
    return str(settings.sqlite_path or "PostgreSQL")


def _secret() -> str:
    """The demo's own secret, kept so that sessions and phones survive a restart. Raises Stop, naming its file."""
    file = FOLDER / "demo.secret"
    private_folder(FOLDER)
    if not file.exists():
        private_file(file)
        file.write_text(secrets.token_hex(32))
    secret = file.read_text(errors="replace").strip()
    if len(secret) < SHORTEST_SECRET:
        raise Stop(
            f"The demo's secret in {file} is {'too short' if secret else 'empty'}: delete that file, and a new one is "
            "made; whoever is signed in then signs in again."
        )
    return secret
