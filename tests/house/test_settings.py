"""Settings come from `DOORSTEP_*` variables alone, and a wrong one stops the start with a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.blob_store_url import BucketPlace, FolderPlace
from server.settings import SettingsProblem, read_settings, variable_name, variables
from server.settings_table import settings_table
from sync.operation import LARGEST_OPERATION_BYTES

REPOSITORY = Path(__file__).parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
NAMES = list(variables())
MAIL = "mailtos://me:pw@smtp.example.com?to={address}"
SMS = "aliyun://KEY:SECRET@dysmsapi.aliyuncs.com?sign=Doorstep"

# Per setting: what is read from which text, and texts that are refused.
READ: dict[str, list[tuple[str, Any]]] = {
    "database_url": [
        ("sqlite:////srv/doorstep.db", "sqlite:////srv/doorstep.db"),
        ("postgresql://me:pw@db:5432/doorstep", "postgresql://me:pw@db:5432/doorstep"),
        ("postgresql:///doorstep?host=/run/postgresql", "postgresql:///doorstep?host=/run/postgresql"),
    ],
    "blob_store_url": [
        ("file:var/blobs", FolderPlace(Path("var/blobs"))),
        ("file:///srv/my%20blobs", FolderPlace(Path("/srv/my blobs"))),
        ("s3://clips", BucketPlace("clips", "", None, None)),
        (
            "s3://clips/a/b/?endpoint=http://127.0.0.1:9000&region=cn-east-1",
            BucketPlace("clips", "a/b", "http://127.0.0.1:9000", "cn-east-1"),
        ),
        (
            "s3://clips?encryption=aws:kms&key=media",
            BucketPlace("clips", "", None, None, "aws:kms", "media"),
        ),
    ],
    "s3_access_key": [("AK", "AK")],
    "s3_secret_key": [("s", "s")],
    "erasures_file": [("/srv/erasures.jsonl", Path("/srv/erasures.jsonl"))],
    "base_url": [("https://service.example.com/", "https://service.example.com")],
    "host": [("0.0.0.0", "0.0.0.0"), ("::1", "::1"), ("localhost", "localhost")],
    "port": [("1", 1), ("65535", 65535)],
    "secret": [(SECRET, SECRET)],
    "metrics_token": [("m" * 32, "m" * 32)],
    "access_token_seconds": [("30", 30)],
    "nonce_days": [("60", 60)],
    "enrolment_code_minutes": [("5", 5)],
    "longest_offline_days": [("90", 90)],
    "max_sync_body_bytes": [("1048576", 1048576), ("4 MiB", 4 * 1024**2)],
    "max_operation_bytes": [("1KiB", 1024)],
    "max_upload_bytes": [("3 GiB", 3 * 1024**3)],
    "device_upload_bytes": [("3 GiB", 3 * 1024**3)],
    "work_order_upload_bytes": [("1 TiB", 1024**4)],
    "session_hours": [("8", 8)],
    "log_level": [("debug", "debug")],
    "log_format": [("json", "json")],
    "language": [("zh", "zh")],
    "default_timezone": [("Asia/Urumqi", "Asia/Urumqi")],
    "postgres_pool_size": [("16", 16)],
    "group_commit_max": [("1", 1)],
    "mail_url": [(MAIL, MAIL)],
    "sms_url": [(SMS, SMS)],
    "message_webhook_url": [("https://gateway.example.com/in", "https://gateway.example.com/in")],
    "message_webhook_secret": [(SECRET, SECRET)],
}
REFUSED: dict[str, list[str]] = {
    "database_url": [
        "mysql://db/doorstep",
        "postgresql+psycopg://db/doorstep",
        "postgresql://db:70000/doorstep",
        "postgresql://db",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=ro",
        "var/doorstep.db",
    ],
    "blob_store_url": [
        "var/blobs",
        "file://var/blobs",
        "file:",
        "file:///",
        "s3://",
        "s3://key:secret@clips",
        "s3://clips?endpoint=minio:9000",
        "s3://clips?acl=public",
        "s3://clips?encryption=rot13",
        "s3://clips?key=media",
    ],
    "erasures_file": ["/srv/"],
    "base_url": [
        "service.example.com",
        "ftp://a",
        "https://a/desk",
        "https://a?x=1",
        "https://a:x",
        "http://",
    ],
    "host": ["999.1.1.1", "a b", "-a", "http://a"],
    "port": ["0", "65536", "eighty", "8400.0", "-1", "１２"],
    "secret": ["short", "x" * 31],
    "metrics_token": ["short", "m" * 31, "m" * 31 + " m", "令" * 32],
    "access_token_seconds": ["29", "3601"],
    "nonce_days": ["0", "59"],
    "enrolment_code_minutes": ["0", "43201"],
    "longest_offline_days": ["0", "3651"],
    "max_sync_body_bytes": ["65535", "2 GiB", "8 MB"],
    "max_operation_bytes": ["1023", "65 MiB", "9 MiB"],
    "max_upload_bytes": ["1", "2 TiB", "2000 TiB"],
    "device_upload_bytes": ["1", "1 GiB", "1025 TiB"],
    "work_order_upload_bytes": ["1", "1 GiB", "1025 TiB"],
    "session_hours": ["0", "721"],
    "log_level": ["INFO", "loud"],
    "log_format": ["xml"],
    "language": ["fr"],
    "default_timezone": ["Asia/Nowhere", "+08:00", "../etc/passwd", "Asia"],
    "postgres_pool_size": ["0", "201"],
    "group_commit_max": ["0", "1001"],
    "mail_url": ["smtp.example.com", "mailto://me:pw@smtp.example.com?to=somebody"],
    "sms_url": ["sms://KEY:SECRET@host?sign=x", "aliyun://host?sign=x", "tencent://KEY:SECRET@host?sign=x"],
    "message_webhook_url": ["gateway.example.com", "ftp://gateway.example.com"],
    "message_webhook_secret": ["short"],
}
NEEDS = {
    "message_webhook_url": {"DOORSTEP_MESSAGE_WEBHOOK_SECRET": SECRET},
    "message_webhook_secret": {"DOORSTEP_MESSAGE_WEBHOOK_URL": "https://gateway.example.com"},
}
"""What else must be set."""
PAIRED = {"s3_access_key": "s3_secret_key", "s3_secret_key": "s3_access_key"}


def environment(name: str, text: str) -> dict[str, str]:
    """The smallest environment in which one setting has this text."""
    given = {"DOORSTEP_SECRET": SECRET, variable_name(name): text, **NEEDS.get(name, {})}
    if name in PAIRED:
        given |= {variable_name(PAIRED[name]): "other", "DOORSTEP_BLOB_STORE_URL": "s3://clips"}
    return given


def test_every_setting_is_tried_here() -> None:
    assert set(READ) == set(NAMES)
    assert set(REFUSED) == set(NAMES) - set(PAIRED)


@pytest.mark.parametrize(
    ("name", "text", "value"), [(n, t, v) for n, cases in READ.items() for t, v in cases]
)
def test_a_right_value_is_read(name: str, text: str, value: object) -> None:
    assert getattr(read_settings(environment(name, text)), name) == value


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in REFUSED.items() for t in texts])
def test_a_wrong_value_is_named_with_an_example(name: str, text: str) -> None:
    with pytest.raises(SettingsProblem) as raised:
        read_settings(environment(name, text))
    sentence = str(raised.value)
    assert raised.value.variable == variable_name(name)
    assert sentence.startswith(f"{variable_name(name)} must ")
    assert f"for example {variable_name(name)}=" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("name", NAMES)
def test_every_default_and_every_example_is_a_right_value(name: str) -> None:
    known = variables()[name]
    if not name.startswith("s3_"):
        for text in {known.default, known.example} - {None, "", "$(openssl rand -hex 32)"}:
            assert text is not None
            known.kind.parse(text)
    assert known.meaning.endswith(".")
    assert known.unit


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_counts_as_not_set(name: str) -> None:
    if variables()[name].default is None:
        with pytest.raises(SettingsProblem, match="DOORSTEP_SECRET is not set"):
            read_settings({variable_name(name): ""})
    else:
        empty = read_settings({"DOORSTEP_SECRET": SECRET, variable_name(name): ""})
        assert empty == read_settings({"DOORSTEP_SECRET": SECRET})


def test_the_secret_alone_is_enough_to_start() -> None:
    settings = read_settings({"DOORSTEP_SECRET": SECRET, "PATH": "/bin"})
    assert settings.sqlite_path == Path("var/doorstep.db")
    assert settings.base_url == "http://127.0.0.1:8400"
    assert settings.longest_offline_days == 60


def test_postgresql_has_no_database_file() -> None:
    url = "postgresql://db/doorstep"
    assert read_settings({"DOORSTEP_SECRET": SECRET, "DOORSTEP_DATABASE_URL": url}).sqlite_path is None


def test_a_fallback_yields_to_the_environment() -> None:
    fallback = {"DOORSTEP_SECRET": SECRET, "DOORSTEP_PORT": "8401"}
    assert read_settings({}, fallback).port == 8401
    assert read_settings({"DOORSTEP_PORT": "8402"}, fallback).port == 8402


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("DOORSTEP_PROT", "did you mean DOORSTEP_PORT?"),
        ("DOORSTEP_DATABASEURL", "did you mean DOORSTEP_DATABASE_URL?"),
        ("DOORSTEP_XYZZY", "docs/settings.md lists them all"),
    ],
)
def test_an_unknown_variable_is_named(wrong: str, hint: str) -> None:
    with pytest.raises(SettingsProblem) as raised:
        read_settings({"DOORSTEP_SECRET": SECRET, wrong: "1"})
    assert str(raised.value).startswith(f"{wrong} is not a setting of Doorstep")
    assert hint in str(raised.value)


def test_the_test_suites_own_variable_is_let_through() -> None:
    read_settings({"DOORSTEP_SECRET": SECRET, "DOORSTEP_REQUIRE_POSTGRES": "1"})


def test_half_a_key_is_refused() -> None:
    half = {
        "DOORSTEP_SECRET": SECRET,
        "DOORSTEP_S3_ACCESS_KEY": "AK",
        "DOORSTEP_BLOB_STORE_URL": "s3://clips",
    }
    with pytest.raises(SettingsProblem, match="DOORSTEP_S3_SECRET_KEY is not set"):
        read_settings(half)


def test_a_bucket_key_without_a_bucket_is_refused() -> None:
    keys = {"DOORSTEP_S3_ACCESS_KEY": "AK", "DOORSTEP_S3_SECRET_KEY": "s"}
    with pytest.raises(SettingsProblem, match="DOORSTEP_BLOB_STORE_URL must be an s3:// URL"):
        read_settings({"DOORSTEP_SECRET": SECRET, **keys})


def test_no_secret_is_shown() -> None:
    settings = read_settings(
        {
            "DOORSTEP_SECRET": SECRET,
            "DOORSTEP_DATABASE_URL": "postgresql://me:hush@db/doorstep?password=hush",
            "DOORSTEP_BLOB_STORE_URL": "s3://clips",
            "DOORSTEP_S3_ACCESS_KEY": "AK",
            "DOORSTEP_S3_SECRET_KEY": "hush-hush",
        }
    )
    for shown in (repr(settings), str(settings), f"{settings}"):
        assert SECRET not in shown
        assert "hush" not in shown
        assert "db/doorstep" in shown


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DOORSTEP_SECRET", "hush"),
        ("DOORSTEP_DATABASE_URL", "mysql://me:hush@db/doorstep"),
        ("DOORSTEP_DATABASE_URL", "postgresql://me:hu/hush@db/doorstep"),
        ("DOORSTEP_BLOB_STORE_URL", "s3://key:hush@clips"),
    ],
)
def test_no_secret_is_told_by_a_refusal(name: str, text: str) -> None:
    with pytest.raises(SettingsProblem) as raised:
        read_settings({"DOORSTEP_SECRET": SECRET, name: text})
    assert "hush" not in str(raised.value)


def test_settings_cannot_be_changed() -> None:
    settings = read_settings({"DOORSTEP_SECRET": SECRET})
    with pytest.raises(AttributeError):
        settings.port = 1  # type: ignore[misc]


def test_the_page_of_settings_is_up_to_date(tmp_path: Path) -> None:
    page = REPOSITORY / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_table()
    outdated = tmp_path / "settings.md"
    outdated.write_text("# Settings\n")

    def check(file: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "server.settings", "--check", str(file)]
        return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert check(page).returncode == 0
    refused = check(outdated)
    assert (refused.returncode, "is out of date" in refused.stderr) == (1, True)


def test_a_server_takes_by_default_just_what_the_protocol_lets_a_phone_send() -> None:
    assert read_settings({"DOORSTEP_SECRET": SECRET}).max_operation_bytes == LARGEST_OPERATION_BYTES
