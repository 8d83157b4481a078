"""The PostgreSQL that tests start is real, fresh each time, and never skipped unnoticed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.parts.postgres import Postgres, running_postgres
from tests.parts.postgres_binaries import PostgresMissing, find_postgres

REPOSITORY = Path(__file__).parents[2]
pytestmark = pytest.mark.postgres

INNER_TEST = """
from tests.conftest import *

def test_needs_postgres(postgres_url): ...
def test_needs_it_by_parameter(database_url): ...
"""
SKIPPING_TEST = """
import pytest

@pytest.mark.postgres
def test_is_skipped_for_a_reason_of_its_own():
    pytest.skip("not today")
"""


def test_each_database_is_fresh(postgres: Postgres) -> None:
    first, second = postgres.fresh_database(), postgres.fresh_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE visit (id text)")
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT to_regclass('visit')").fetchone() == (None,)


def test_a_template_is_built_once_and_copied(postgres: Postgres) -> None:
    built = []

    def build(url: str) -> None:
        built.append(url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE visit (id text)")

    for _ in range(2):
        url = postgres.fresh_database(postgres.template("with_visit", build))
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM visit").fetchone() == (0,)
    assert len(built) == 1


def test_a_dropped_database_is_gone_even_while_in_use(postgres: Postgres) -> None:
    url = postgres.fresh_database()
    with psycopg.connect(url):
        postgres.drop_database(url)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_durability_is_what_was_asked_for(postgres: Postgres) -> None:
    def shown(cluster: Postgres) -> list[str]:
        with psycopg.connect(cluster.url("postgres")) as connection:
            rows = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
        return [row[0] for row in rows if row]

    assert shown(postgres) == ["off", "off"]
    with running_postgres(fsync=True, synchronous_commit=True) as durable:
        assert shown(durable) == ["on", "on"]


def test_a_stopped_cluster_leaves_no_process_and_no_folder(postgres: Postgres) -> None:
    with running_postgres() as cluster:
        pass
    assert cluster.process.returncode == 0
    assert not cluster.folder.exists()


def run_inner(folder: Path, test: str, required: str, conftest: str = "") -> tuple[int, str]:
    """Run `test` with this suite's conftest in a pytest of its own; return its status and what it said."""
    (folder / "test_inner.py").write_text(test)
    (folder / "conftest.py").write_text(f"{conftest}\nfrom tests.conftest import *\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", "."],
        cwd=folder,
        env={
            **os.environ,
            "DOORSTEP_REQUIRE_POSTGRES": required,
            "PYTHONPATH": str(REPOSITORY),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_missing_postgres_skips_or_fails_as_asked(tmp_path: Path) -> None:
    missing = "import tests.parts.postgres_binaries as binaries\nbinaries._folders = lambda: []"
    status, said = run_inner(tmp_path, INNER_TEST, "0", missing)
    assert (status, "2 PostgreSQL tests were skipped" in said) == (0, True), said
    status, said = run_inner(tmp_path, INNER_TEST, "1", missing)
    assert (status, "PostgreSQL cannot be had here" in said) == (1, True), said


def test_a_skip_for_any_other_reason_fails_too_where_postgres_is_required(tmp_path: Path) -> None:
    assert run_inner(tmp_path, SKIPPING_TEST, "0")[0] == 0
    status, said = run_inner(tmp_path, SKIPPING_TEST, "1")
    assert (status, "1 PostgreSQL tests were skipped, and" in said) == (1, True), said


def test_no_binaries_is_said_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.parts.postgres_binaries._folders", list)
    with pytest.raises(PostgresMissing, match="apt-get install postgresql"):
        find_postgres()
