"""The contract of channels, on every one, against real servers on the loopback; and what each does by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from scheduler.messages.channel import Channel, Rejected, Unreachable
from scheduler.messages.deadline import Deadline
from server.channels.folder import MessageFolder
from server.channels.mail import AppriseChannel
from server.channels.sign_aliyun import sign_aliyun
from server.channels.sign_tencent import sign_tencent
from server.channels.sms import sms_channel
from server.channels.webhook import Webhook
from tests.messages.carriers import Provider, a_letter, aliyun, smtp, tencent, webhook
from tests.parts.free_port import LOOPBACK, free_port

Carrier = tuple[Channel, Provider]
CARRIERS: dict[str, Callable[[], AbstractContextManager[Carrier]]] = {
    "smtp": smtp,
    "webhook": webhook,
    "aliyun": aliyun,
    "tencent": tencent,
}


@contextmanager
def folder(place: Path) -> Iterator[Carrier]:
    """The folder is a channel like others; its provider is its own reader."""
    channel = MessageFolder(place / "messages")

    class Reader(Provider):
        def carried(self) -> list[tuple[str, str]]:
            return [(one.to, one.body) for one in channel.filed()]

    yield channel, Reader()


@pytest.fixture(params=["folder", *CARRIERS])
def carrier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Carrier]:
    """Each channel with its real other end."""
    with folder(tmp_path) if request.param == "folder" else CARRIERS[request.param]() as made:
        yield made


@pytest.fixture(params=list(CARRIERS))
def distant(request: pytest.FixtureRequest) -> Iterator[Carrier]:
    """Each channel that somebody else answers for."""
    with CARRIERS[request.param]() as made:
        yield made


def test_a_message_arrives_whole_at_its_address(carrier: Carrier) -> None:
    channel, provider = carrier
    channel.send(a_letter())
    ((to, said),) = provider.carried()
    assert to == "wang@example.com"
    for fact in ("王店长", "周建国", "3月2日周一17:00", "AZ-1"):
        assert fact in said


def test_where_the_key_is_honoured_the_same_message_arrives_once(tmp_path: Path) -> None:
    for made in (folder(tmp_path), webhook()):
        with made as (channel, provider):
            assert channel.send(a_letter()) == channel.send(a_letter())
            channel.send(a_letter("message-" + "b2" * 16))
            assert len(provider.carried()) == 2


def test_a_refusal_is_told_as_one_and_without_the_address(distant: Carrier) -> None:
    channel, provider = distant
    provider.manner = "refuses"
    with pytest.raises(Rejected) as told:
        channel.send(a_letter())
    assert "wang" not in str(told.value)
    assert provider.given == []


def test_one_that_cannot_now_is_to_be_asked_again(distant: Carrier) -> None:
    channel, provider = distant
    provider.manner = "away"
    with pytest.raises(Unreachable) as told:
        channel.send(a_letter())
    assert "wang" not in str(told.value)
    provider.manner = "good"
    channel.send(a_letter())
    assert len(provider.carried()) == 1


def test_one_that_hangs_is_given_up_by_the_deadline(distant: Carrier) -> None:
    channel, provider = distant
    provider.manner = "hangs"
    with pytest.raises(Unreachable, match=r"no answer within 0\.2 s"):
        Deadline(0.2)(channel, a_letter())


@pytest.mark.parametrize("kind", ["mail", "webhook", "sms"])
def test_one_that_is_not_there_is_to_be_asked_again(kind: str) -> None:
    host = f"{LOOPBACK}:{free_port()}"
    channels: dict[str, Channel] = {
        "mail": AppriseChannel("mail", f"mailto://{host}?from=a@example.com&to={{address}}&mode=insecure"),
        "webhook": Webhook(f"http://{host}/", "s" * 32, lambda: 0.0),
        "sms": sms_channel(f"aliyun://KEY:SECRET@{host}?sign=D&plain=1"),
    }
    with pytest.raises(Unreachable):
        channels[kind].send(a_letter())


def test_mail_carries_subject_key_and_both_scripts(tmp_path: Path) -> None:
    with smtp() as (channel, provider):
        channel.send(a_letter())
        (given,) = provider.given
    assert given["subject"] == "上门时间已确认：3月2日周一17:00"
    assert given["mail"]["X-Doorstep-Message"] == a_letter().key


def test_an_address_cannot_reach_into_the_services_address() -> None:
    with smtp() as (channel, provider):
        evil = a_letter(address="a@example.com&to=b@example.com?x#y")
        with pytest.raises(Rejected):
            channel.send(evil)
        assert [one["to"] for one in provider.given] == []


def test_a_provider_that_does_not_know_the_words_is_not_asked() -> None:
    with aliyun() as (channel, provider):
        with pytest.raises(Rejected, match="no template id"):
            channel.send(msgspec.structs.replace(a_letter(), sms_template=""))
        assert provider.given == []


def test_a_file_of_the_folder_is_readable_by_people_and_by_nobody_else(tmp_path: Path) -> None:
    MessageFolder(tmp_path / "messages").send(a_letter())
    (file,) = (tmp_path / "messages").iterdir()
    text = file.read_text(encoding="utf-8")
    assert "To: wang@example.com\n" in text and text.endswith("（工单 AZ-1）。\n")
    assert (tmp_path / "messages").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_to_be_asked_again(tmp_path: Path) -> None:
    (tmp_path / "messages").write_text("in the way")
    with pytest.raises(Unreachable):
        MessageFolder(tmp_path / "messages").send(a_letter())


def test_a_key_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(Rejected):
        MessageFolder(tmp_path / "messages").send(a_letter("../../etc/passwd"))


def test_aliyuns_published_example_is_signed_as_published() -> None:
    headers = sign_aliyun(
        "YourAccessKeyId",
        "YourAccessKeySecret",
        "ecs.cn-shanghai.aliyuncs.com",
        "RunInstances",
        "2014-05-26",
        {
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            "RegionId": "cn-shanghai",
        },
        datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        "3156853299f313e23d1673dc12e1703d",
    )
    made = headers["Authorization"].rpartition("Signature=")[2]
    assert made == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


def test_tencents_published_example_is_signed_as_published() -> None:
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    headers = sign_tencent(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
        "Gu5t9xGARNpq86cd98joQYCN3*******",
        "cvm.tencentcloudapi.com",
        "cvm",
        "DescribeInstances",
        body,
        1551113065,
    )
    made = headers["Authorization"].rpartition("Signature=")[2]
    assert made == "be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3"


@pytest.mark.parametrize(
    "url", ["http://x", "aliyun://host?sign=x", "aliyun://K:S@host", "tencent://K:S@host?sign=x"]
)
def test_a_provider_that_is_half_named_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sign"):
        sms_channel(url)
