"""Empty databases with every table, copied from one that was migrated once."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from server.db.migrate import migrate
from tests.parts.postgres import Postgres


def fresh_sqlite(folder: Path) -> str:
    """The URL of a migrated SQLite file in `folder`."""
    file = folder / "doorstep.db"
    shutil.copyfile(_migrated_file(), file)
    return f"sqlite:///{file}"


def fresh_postgres(cluster: Postgres) -> str:
    """The URL of a migrated database in the cluster."""
    return cluster.fresh_database(cluster.template("migrated", migrate))


@cache
def _migrated_file() -> Path:
    file = Path(mkdtemp(prefix="doorstep-migrated-")) / "migrated.db"
    migrate(f"sqlite:///{file}")
    return file
