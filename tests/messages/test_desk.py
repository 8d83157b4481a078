"""What a desk sees and says of messages: the list, the folder, the words and their preview; and the command."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from server.cli.command import main
from tests.confirmation.conftest import Question, ask, desks, live, orders
from tests.server.live import SECRET, Live, etag

__all__ = ["ask", "desks", "live", "orders"]

Asking = Callable[..., Question]


def test_the_list_keeps_accepted_delivered_and_opened_apart(
    ask: Asking, desks: dict[str, httpx.Client]
) -> None:
    question = ask()
    path = f"/v1/desk/messages?work_order={question.order}"
    (row,) = desks["dispatcher"].get(path).json()["items"]
    assert (row["kind"], row["state"], row["channel"]) == ("confirm_ask", "accepted", "folder")
    assert row["accepted_at"] and row["delivered_at"] is None and row["opened_at"] is None
    question.look()
    (row,) = desks["dispatcher"].get(f"{path}&state=opened").json()["items"]
    assert row["opened_at"] and row["delivered_at"] is None
    assert desks["dispatcher"].get(f"{path}&state=failed").json()["items"] == []
    assert desks["dispatcher"].get("/v1/desk/messages?state=lost").status_code == 400


def test_pages_of_the_list_follow_one_another(ask: Asking, desks: dict[str, httpx.Client]) -> None:
    ask(), ask()
    seen, after = [], ""
    while True:
        part = desks["supervisor"].get(f"/v1/desk/messages?limit=1&after={after}").json()
        seen += [row["id"] for row in part["items"]]
        if (after := part["next"]) is None:
            break
    assert len(seen) == len(set(seen)) >= 2


@pytest.mark.parametrize("role", ["expert", "storekeeper"])
def test_who_has_nothing_to_do_with_customers_does_not_read_them(
    desks: dict[str, httpx.Client], role: str
) -> None:
    for path in ("messages", "mailbox", "message-kinds"):
        assert desks[role].get(f"/v1/desk/{path}").status_code == 403


def test_while_nothing_leaves_the_house_the_mailbox_shows_every_message(
    ask: Asking, desks: dict[str, httpx.Client]
) -> None:
    question = ask()
    told = desks["dispatcher"].get("/v1/desk/mailbox").json()
    assert told["is_local"] is True
    (mine,) = [one for one in told["items"] if one["key"] == question.filed.key]
    assert question.path in mine["body"]
    page = desks["dispatcher"].get("/v1/desk/mailbox", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "请确认上门时间" in page.text and "No channel is configured" in page.text


def test_every_kind_tells_its_names_and_its_words_in_both_languages(desks: dict[str, httpx.Client]) -> None:
    kinds = {one["kind"]: one for one in desks["dispatcher"].get("/v1/desk/message-kinds").json()["items"]}
    asking = kinds["confirm_ask"]
    assert set(asking["fields"]) == {"contact", "order", "technician", "time", "link"}
    assert "{time}" in asking["words"]["zh"]["subject"] and "{link}" in asking["words"]["en"]["body"]


def test_a_preview_is_what_would_be_sent(desks: dict[str, httpx.Client]) -> None:
    answer = desks["dispatcher"].post(
        "/v1/desk/message-kinds/visit_confirmed/preview",
        json={"language": "en", "body": "See you, {contact}: {time}."},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "subject": "Confirmed: our visit, Mon 2 Mar, 17:00",
        "body": "See you, Ms Wang: Mon 2 Mar, 17:00.",
    }


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("Bye, {phone}", "template_name_unknown", "phone"),
        ("Bye, {contact.__class__}", "template_unreadable", "brace"),
        ("Bye, {contact", "template_unreadable", "brace"),
        ("Bye, {contact!r}", "template_unreadable", "brace"),
    ],
)
def test_a_name_that_the_kind_lacks_is_refused_in_preview_and_in_the_template(
    desks: dict[str, httpx.Client], body: str, code: str, said: str
) -> None:
    tried = desks["dispatcher"].post(
        "/v1/desk/message-kinds/visit_done/preview", json={"language": "en", "body": body}
    )
    written = desks["dispatcher"].post(
        "/v1/desk/message-templates", json={"fields": {"kind": "visit_done", "body": {"en": body}}}
    )
    for answer in (tried, written):
        assert answer.status_code in (409, 422), answer.text
        assert answer.json()["details"]["reason"] == code
        assert answer.json()["details"]["field"] == "body.en"


def test_the_offices_words_are_sent_from_then_on_and_built_in_ones_again_after_deleting(
    ask: Asking, desks: dict[str, httpx.Client], live: Live
) -> None:
    desk = desks["dispatcher"]
    fields = {"kind": "confirm_ask", "subject": {"zh": "老王面馆，{time}可以吗？"}}
    made = desk.post("/v1/desk/message-templates", json={"fields": fields})
    assert made.status_code == 201, made.text
    template = made.json()["records"][0].partition("/")[2]
    first = ask().filed
    assert first.subject.startswith("老王面馆，") and "请点击链接确认" in first.body
    read = desk.get(f"/v1/desk/message-templates/{template}")
    assert desk.delete(f"/v1/desk/message-templates/{template}", headers=etag(read)).status_code == 200
    assert ask().filed.subject.startswith("请确认上门时间")


def test_the_command_lists_them(
    ask: Asking, live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    question = ask()
    settings = live.service.settings
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", settings.database_url)
    monkeypatch.setenv(
        "DOORSTEP_BLOB_STORE_URL", f"file:{live.service.messages.folder.folder.parent / 'blobs'}"
    )
    monkeypatch.setenv("DOORSTEP_SECRET", SECRET)
    assert main(["messages", "--json"]) == 0
    # The server of the test runs in this process, and logs.
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert question.filed.key in [one["id"] for one in found]
    assert main(["messages", "--state", "accepted", "--limit", "5"]) == 0
    assert "accepted: confirm_ask of work_order/" in capsys.readouterr().out
