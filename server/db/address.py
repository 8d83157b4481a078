"""What a database URL means to each driver."""

from __future__ import annotations

from pathlib import Path

_SQLITE = "sqlite:///"


def is_sqlite(database_url: str) -> bool:
    """True for `sqlite:///FILE`, false for `postgresql://…`; raises ValueError for anything else."""
    if database_url.startswith(_SQLITE):
        return True
    if database_url.startswith("postgresql://"):
        return False
    raise ValueError("a database URL begins with sqlite:/// or postgresql://")


def sqlite_path(database_url: str) -> Path:
    """The file of a `sqlite:///FILE` URL."""
    return Path(database_url.removeprefix(_SQLITE))


def sqlalchemy_url(database_url: str) -> str:
    """The URL under which SQLAlchemy finds the same database, with the driver that the stores use."""
    if is_sqlite(database_url):
        return database_url
    return "postgresql+psycopg://" + database_url.removeprefix("postgresql://")
