"""What our pages tell a stranger to type is true: the blocks are taken from the pages and run against a demo."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.demo.served import ROOT, Served, blocks, served_demo

pytestmark = pytest.mark.timeout(400)
SESSION = "## A session by command line", "## 在命令行里走一遍"
PAGES = ROOT / "README.md", ROOT / "README.zh-CN.md"
INTEGRATORS = ROOT / "openapi" / "README.md"
CLIENT = ROOT / "clients" / "python" / "README.md"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One small demo for all pages; each page uses a technician of its own."""
    with served_demo(tmp_path_factory.mktemp("readme")) as running:
        yield running


def test_the_session_of_the_readme_does_what_it_says(served: Served) -> None:
    said = served.run(blocks(PAGES[0], "sh", SESSION[0]))
    assert "Cabinet" in said or "Planned maintenance" in said
    for kind in ("planned_twice", "agreed_otherwise", "two_on_one_job"):
        assert kind in said
    assert "work_done on the phone; 5 unsent" in said
    assert said.count("applied ") >= 5
    assert "enrols one phone of" in said


def test_both_languages_have_the_same_session() -> None:
    english, chinese = (blocks(page, "sh", heading) for page, heading in zip(PAGES, SESSION, strict=True))
    for word in ("title_{}", 'receipts("{}")', "Accept-Language: {}"):
        english = [block.replace(word.format("en"), word.format("zh")) for block in english]
    assert chinese == english


def test_the_integrators_first_exchange_by_hand_works(served: Served) -> None:
    said = served.run(blocks(INTEGRATORS, "sh"))
    assert '"status":"applied"' in said.replace(" ", "")
    assert "work_order/" in said


def test_the_clients_example_works(served: Served) -> None:
    (example,) = blocks(CLIENT, "python")
    example = example.replace("https://service.example.com", served.base_url)
    example = example.replace("K7QX9-3FDTW", _code_of_somebody_with_an_accepted_visit(served))
    (served.folder / "belt.jpg").write_bytes(b"\xff\xd8\xff\xe0 a belt \xff\xd9")
    (served.folder / "example.py").write_text(example, encoding="utf-8")
    said = served.run([".venv/bin/python example.py"]).splitlines()
    assert said[:2] == ["on_site", "stored"]
    assert len(said) == 5 and all(line.startswith("applied ") for line in said[2:])


def _code_of_somebody_with_an_accepted_visit(served: Served) -> str:
    """Nobody whose code another page has used up."""
    demo = json.loads((served.folder / "var" / "demo.json").read_text(encoding="utf-8"))
    codes = {one["login"]: one["code"] for one in demo["technicians"]}
    password = next(one["password"] for one in demo["desk"] if one["login"] == "disp.tao")
    with httpx.Client(base_url=served.base_url, trust_env=False) as desk:
        desk.post("/v1/desk/login", json={"login": "disp.tao", "password": password})
        orders = desk.get("/v1/desk/work-orders", params={"state": "scheduled"}).json()["items"]
        phones = desk.get("/v1/desk/devices").json()["items"]
        used = {one["user"] for one in phones if one["platform"] in ("python", "curl")}
        for order in orders:
            visits = desk.get(f"/v1/desk/work-orders/{order['id']}").json()["records"]["visit"]
            for visit in (one["fields"] for one in visits):
                stands = (visit["exec_state"], visit["dispatch_state"]) == ("accepted", "dispatched")
                if stands and visit["technician"] not in used:
                    return codes[visit["technician"]]
    raise AssertionError("no technician has accepted a visit")
