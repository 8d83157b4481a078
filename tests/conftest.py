"""Fixtures for every test: a fresh database on each engine, and no PostgreSQL test skipped unnoticed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.postgres import Postgres, running_postgres
from tests.parts.postgres_binaries import PostgresMissing, find_postgres

REQUIRE_POSTGRES = "DOORSTEP_REQUIRE_POSTGRES"
# Commands speak the terminal's language; the sentences that tests look for are English.
os.environ["LC_ALL"] = "C.UTF-8"
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running cluster, not durable but quick; each xdist worker has its own (0.7 s).

    Skips where PostgreSQL cannot be had, and fails there when DOORSTEP_REQUIRE_POSTGRES=1.
    """
    try:
        find_postgres()
    except PostgresMissing as missing:
        sentence = f"PostgreSQL cannot be had here: {missing}"
        if _postgres_is_required():
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)
    with running_postgres() as cluster:
        yield cluster


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite database file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'doorstep.db'}"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of an empty PostgreSQL database, dropped after the test."""
    url = postgres.fresh_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database; the test runs once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever asks for the cluster by itself, so that no skipped one goes uncounted."""
    for item in items:
        if {"postgres", "postgres_url"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.postgres)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a run that skipped a PostgreSQL test into a failed one where PostgreSQL is required."""
    if _postgres_is_required() and _skipped_postgres_tests(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many PostgreSQL tests were skipped."""
    if skipped := _skipped_postgres_tests(config):
        ending = f", and {REQUIRE_POSTGRES}=1 forbids it: failed" if _postgres_is_required() else ""
        terminalreporter.write_line(f"{skipped} PostgreSQL tests were skipped{ending}.", yellow=True)


def _postgres_is_required() -> bool:
    return os.environ.get(REQUIRE_POSTGRES) == "1"


def _skipped_postgres_tests(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return sum("postgres" in report.keywords for report in skipped)
