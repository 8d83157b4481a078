"""Other people's clients, unmodified: they upload, are cut in the middle, resume, and the bytes are the same."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed
from tusclient.storage.filestorage import FileStorage

from tests.media.cutting_proxy import CuttingProxy
from tests.media.server import Server

NPM = Path(__file__).parent.parent / "npm"
SIZE = 6_000_000


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(Random(tmp_path.name).randbytes(SIZE))
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def facts(path: Path, media: str) -> dict[str, str]:
    return {"media": media, "sha256": sha256(path), "kind": "original", "filename": "电梯.mp4"}


def through(port: int) -> str:
    return f"http://127.0.0.1:{port}/v1/uploads"


# tuspy


def tuspy(url: str) -> TusClient:
    return TusClient(url, headers={"Authorization": "Bearer phone-1"})


@pytest.mark.parametrize(
    "options", [{}, {"chunk_size": 700_000}, {"chunk_size": 700_000, "upload_checksum": True}]
)
def test_tuspy_uploads(server: Server, clip: Path, media: str, options: dict[str, Any]) -> None:
    tuspy(server.url).uploader(str(clip), metadata=facts(clip, media), **options).upload()
    assert sha256(server.blob(sha256(clip))) == sha256(clip)


def test_tuspy_resumes_after_cut_connections(server: Server, clip: Path, media: str) -> None:
    with CuttingProxy(server.setup.port, cuts=[1_500_000, 2_000_000, 500_000]).running() as proxy:
        uploader = tuspy(through(proxy.port)).uploader(
            str(clip), metadata=facts(clip, media), retries=9, retry_delay=0
        )
        uploader.upload()
    assert proxy.cut_count == 3
    assert sha256(server.blob(sha256(clip))) == sha256(clip)


def test_tuspy_resumes_after_the_server_was_killed(
    make_server: Callable[..., Server], clip: Path, tmp_path: Path
) -> None:
    server = make_server(checkpoint_bytes=1 << 18).start(kill_at=30)
    options: dict[str, Any] = {
        "metadata": facts(clip, "m1"),
        "store_url": True,
        "url_storage": FileStorage(str(tmp_path / "urls.json")),
    }
    with pytest.raises((TusCommunicationError, TusUploadFailed)):
        tuspy(server.url).uploader(str(clip), **options).upload()
    server.wait()
    server.start(kill_at=0)
    resumed = tuspy(server.url).uploader(str(clip), **options)
    assert 0 < resumed.offset < SIZE
    resumed.upload()
    assert sha256(server.blob(sha256(clip))) == sha256(clip)


# tus-js-client


@pytest.fixture(scope="session")
def node() -> str:
    found, npm = shutil.which("node"), shutil.which("npm")
    assert found and npm, "node and npm are needed to try tus-js-client"
    if not (NPM / "node_modules" / "tus-js-client").exists():
        subprocess.run([npm, "ci", "--silent"], cwd=NPM, check=True)
    return found


class Js:
    """tus-js-client in a process of its own."""

    def __init__(self, node: str, url: str, clip: Path, **options: Any) -> None:
        command = [node, str(NPM / "upload.mjs"), url, str(clip), json.dumps({"media": "m1"} | options)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def result(self) -> dict[str, Any]:
        try:
            said, errors = self._process.communicate(timeout=60)
        finally:
            self._process.kill()
        assert said, errors
        return dict(json.loads(said))

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"chunkSize": 700_000},
        {"uploadDataDuringCreation": True},
        {"chunkSize": 700_000, "uploadLengthDeferred": True},
        {"chunkSize": 700_000, "overridePatchMethod": True},
        {"parallelUploads": 3},
    ],
    ids=lambda options: "-".join(options) or "plain",
)
def test_tus_js_client_uploads(
    server: Server, node: str, clip: Path, media: str, options: dict[str, Any]
) -> None:
    result = Js(node, server.url, clip, media=media, **options).result()
    assert "error" not in result, result
    assert sha256(server.blob(result["sha256"])) == sha256(clip)


def test_tus_js_client_resumes_after_cut_connections(
    server: Server, node: str, clip: Path, media: str
) -> None:
    with CuttingProxy(server.setup.port, cuts=[1_500_000, 2_000_000, 500_000]).running() as proxy:
        result = Js(node, through(proxy.port), clip, media=media).result()
    assert "error" not in result, result
    assert proxy.cut_count == 3
    assert [status for status in result["statuses"] if status.startswith("HEAD")] == ["HEAD 200"] * 3
    assert sha256(server.blob(result["sha256"])) == sha256(clip)


def test_tus_js_client_resumes_after_the_server_was_killed(
    make_server: Callable[..., Server], node: str, clip: Path
) -> None:
    server = make_server(checkpoint_bytes=1 << 18).start(kill_at=30)
    client = Js(node, server.url, clip)
    server.wait()
    assert server.is_dead
    server.start(kill_at=0)
    result = client.result()
    assert "error" not in result, result
    assert "HEAD 200" in result["statuses"]
    assert sha256(server.blob(result["sha256"])) == sha256(clip)


def test_tus_js_client_that_forgot_everything_still_resumes(
    make_server: Callable[..., Server], node: str, clip: Path
) -> None:
    """A new start of the app creates the same media again, is refused at offset 0, asks, and goes on."""
    server = make_server(checkpoint_bytes=1 << 18).start(kill_at=30)
    first = Js(node, server.url, clip)
    server.wait()
    first.kill()
    server.start(kill_at=0)
    standing = server.create(clip.read_bytes(), "m1")
    assert 0 < standing.offset < SIZE
    result = Js(node, server.url, clip).result()
    # The 409 itself is lost when the server hangs up on a body that is still on its way.
    assert [status for status in result["statuses"] if status != "PATCH 409"] == [
        "POST 201",
        "HEAD 200",
        "PATCH 204",
    ]
    assert result["url"].endswith(standing.location)
    assert sha256(server.blob(result["sha256"])) == sha256(clip)
