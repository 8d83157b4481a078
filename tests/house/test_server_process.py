"""The part that starts servers waits for health, sees only what it is given, and leaves nothing behind."""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.parts.server_process import running_server, start_server

# A stand-in that answers its health with its environment; what is tested here is the starting and the stopping.
STAND_IN = """
import http.server, json, os

class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/v1/health" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())

address = os.environ["DOORSTEP_HOST"], int(os.environ["DOORSTEP_PORT"])
http.server.HTTPServer(address, Health).serve_forever()
"""
COMMAND = (sys.executable, "-c", STAND_IN)


def test_a_server_is_healthy_and_sees_only_what_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_PORT", "1")
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", "sqlite:///somebody-elses.db")
    with running_server(tmp_path, {"DOORSTEP_LOG_LEVEL": "debug"}, command=COMMAND) as server:
        seen = json.loads(urllib.request.urlopen(f"{server.base_url}/v1/health").read())
    assert seen["DOORSTEP_LOG_LEVEL"] == "debug"
    assert seen["DOORSTEP_BASE_URL"] == server.base_url
    assert "DOORSTEP_DATABASE_URL" not in seen


def test_a_killed_server_is_gone_and_its_port_can_be_used_again(tmp_path: Path) -> None:
    with running_server(tmp_path, {}, command=COMMAND) as server:
        server.kill()
        assert server.process.returncode == -9
        port = int(server.base_url.rpartition(":")[2])
        with running_server(tmp_path, {}, command=COMMAND, port=port) as again:
            assert again.base_url == server.base_url
            assert again.stop() == -15


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    refusing = (sys.executable, "-c", "raise SystemExit('DOORSTEP_PORT is wrong')")
    with pytest.raises(RuntimeError, match="DOORSTEP_PORT is wrong"):
        start_server(tmp_path, {}, command=refusing)
