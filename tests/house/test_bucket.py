"""The real server with a bucket for media: it starts, says how the bucket is, and works on without it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.db.migrate import migrate
from tests.media.s3_server import S3Server
from tests.parts.server_process import ServerProcess, running_server


@pytest.fixture
def s3() -> Iterator[S3Server]:
    server = S3Server()
    yield server
    server.stop()


def ready(server: ServerProcess) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(f"{server.base_url}/v1/ready") as answer:
            return answer.status, json.load(answer)["checks"]
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)["checks"]


def variables(folder: Path, bucket: str, endpoint: str) -> dict[str, str]:
    """Of a server whose database is there."""
    url = f"sqlite:///{folder / 'doorstep.db'}"
    migrate(url)
    return {
        "DOORSTEP_DATABASE_URL": url,
        "DOORSTEP_BLOB_STORE_URL": f"s3://{bucket}/media?endpoint={endpoint}&region=us-east-1&encryption=AES256",
        "DOORSTEP_S3_ACCESS_KEY": "AK",
        "DOORSTEP_S3_SECRET_KEY": "SK",
    }


def test_a_server_with_a_bucket_is_ready(tmp_path: Path, s3: S3Server) -> None:
    with running_server(tmp_path, variables(tmp_path, s3.address().bucket, s3.endpoint)) as server:
        assert ready(server) == (200, {"database": "ok", "disk": "ok", "bucket": "ok", "erasures": "ok"})


def test_a_server_without_its_bucket_starts_and_says_so(tmp_path: Path, s3: S3Server) -> None:
    with running_server(tmp_path, variables(tmp_path, "nobodys", s3.endpoint)) as server:
        assert ready(server) == (503, {"database": "ok", "disk": "ok", "bucket": "fault", "erasures": "ok"})
        assert "the bucket cannot be used" in server.log.read_text()
