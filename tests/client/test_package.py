"""What an integrator installs: the client with the engine's merge code beside it, and nothing of the server."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "clients" / "python"
ALLOWED = {"doorstep_client", "sync", "cryptography", "httpx", "msgspec"}


def test_the_client_imports_the_engine_and_never_the_server():
    found = {
        name.partition(".")[0]
        for file in (CLIENT / "doorstep_client").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in _imported(node)
    }
    assert found - set(sys.stdlib_module_names) == ALLOWED


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=CLIENT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_client_and_engine_alone(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {
        "doorstep_client",
        "sync",
    }
    assert {"doorstep_client/py.typed", "sync/merge.py"} <= set(names)


def test_the_wheel_works_where_there_is_no_clone(wheel: Path, tmp_path: Path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import doorstep_client, sync.merge\n"
        "print(doorstep_client.__file__, sync.merge.__file__)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert told.stdout.count(str(tmp_path)) == 2


def test_the_readmes_example_is_python():
    text = (CLIENT / "README.md").read_text()
    example = text.partition("```python\n")[2].partition("```")[0]
    compile(example, "README.md", "exec")
    assert example.count("\n") <= 55, "a visit with a photo fits one screen"
