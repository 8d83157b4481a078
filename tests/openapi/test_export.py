"""The description of the interface names every route, who may use it, and what goes wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from openapi import export
from openapi.document import document
from openapi.export import files, main, running_app
from openapi.wire import json_schemas
from tests.openapi.vectors import load


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    with running_app() as app:
        return document(app)


def _operations(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for item in described["paths"].values() for one in item.values() if isinstance(one, dict)]


def test_each_operation_has_an_id_of_its_own(described: dict[str, Any]) -> None:
    ids = [one["operationId"] for one in _operations(described)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9]*", one) for one in ids), ids


def test_each_operation_says_who_may_and_that_the_rest_is_a_problem(described: dict[str, Any]) -> None:
    for one in _operations(described):
        assert "security" in one
        assert one["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
        assert any(status < "400" for status in one["responses"])


def test_the_exchange_is_described(described: dict[str, Any]) -> None:
    sync = described["paths"]["/v1/sync"]["post"]
    assert sync["security"] == [{"bearer": []}, {"deviceId": [], "deviceNonce": [], "deviceSignature": []}]
    assert sync["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/SyncRequest")


def test_objects_with_a_limit_are_objects(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    for taken in (schemas["NewRecord"]["properties"]["fields"], schemas["Correction"]["properties"]["set"]):
        assert taken == {
            "type": "object",
            "additionalProperties": True,
            "minProperties": 1,
            "maxProperties": 60,
        }
        jsonschema.Draft202012Validator(taken).validate({"phone": "139", "tags": {"add": ["wet"]}})


def test_the_headers_of_uploads_are_described(described: dict[str, Any]) -> None:
    def needed(path: str, method: str) -> set[str]:
        parameters = described["paths"][path][method]["parameters"]
        return {one["name"] for one in parameters if one["in"] == "header" and one["required"]}

    assert needed("/v1/uploads", "post") == {"Tus-Resumable"}
    assert needed("/v1/uploads/{upload_id}", "patch") == {"Tus-Resumable", "Upload-Offset"}
    assert needed("/v1/uploads/{upload_id}", "head") == {"Tus-Resumable"}


def test_stored_bytes_are_described(described: dict[str, Any]) -> None:
    paths = described["paths"]
    body = paths["/v1/schema"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/Schema"}
    first_load = paths["/v1/snapshots/{sha256}"]["get"]["responses"]
    assert {"200", "206", "304"} <= set(first_load)
    held = first_load["200"]["content"]["application/json"]["schema"]["properties"]["records"]
    assert held["items"] == {"$ref": "#/components/schemas/Record"}


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    for target in set(re.findall(r"'\$ref': '#/([^']+)'", str(described))):
        place: Any = described
        for step in target.split("/"):
            assert step in place, target
            place = place[step]


def test_two_exports_are_equal() -> None:
    assert files() == files()


def test_a_stale_file_is_found_and_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(export, "FOLDER", tmp_path)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"openapi.json", "errors.md"}
    (tmp_path / "openapi.json").write_text("{}")
    assert main(["--check"]) == 1


def test_operations_of_the_vectors_fit_their_schema() -> None:
    schemas = json_schemas("#/$defs/{name}")
    check = jsonschema.Draft202012Validator({"$ref": "#/$defs/Operation", "$defs": schemas})
    for case in load("merge")["cases"]:
        check.validate(case["operation"])


def test_records_and_replies_of_the_vectors_fit_their_schema() -> None:
    schemas = json_schemas("#/$defs/{name}")
    pull = jsonschema.Draft202012Validator({"$ref": "#/$defs/PullReply", "$defs": schemas})
    record = jsonschema.Draft202012Validator({"$ref": "#/$defs/Record", "$defs": schemas})
    for case in load("pull")["cases"]:
        pull.validate(case["expect"])
    for case in load("record")["cases"]:
        record.validate(case["record"])
