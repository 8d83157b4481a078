"""The one settings object, read from `DOORSTEP_*` variables alone.

`python -m server.settings` prints every one as a Markdown table; `--check FILE` compares it with a file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from server import setting_kinds as kinds
from server.blob_store_url import BlobPlace, BucketPlace
from server.channels import kinds as channel_kinds
from server.setting_kinds import Kind

PREFIX = "DOORSTEP_"
# Read by the test suite, not by the product: a server that a test starts must not refuse it.
READ_BY_TESTS = frozenset({"DOORSTEP_REQUIRE_POSTGRES"})
PASSWORD_IN_URL = re.compile(r"(?<=://)([^/@:]*):\S*@|(?<=password=)[^&]*")


class SettingsProblem(Exception):
    """A variable that stops the start; the message is one sentence: its name, what is wrong, an example."""

    def __init__(self, variable: str, sentence: str) -> None:
        super().__init__(sentence)
        self.variable = variable


@dataclass(frozen=True)
class Variable:
    """What is known about one setting besides its value; a `default` of None must be set."""

    kind: Kind
    meaning: str
    unit: str
    default: str | None
    example: str


def variable(kind: Kind, meaning: str, unit: str, default: str | None, example: str) -> Any:
    """Declare a field of Settings; `default` and `example` are texts, as the environment would hold them."""
    return field(metadata={"variable": Variable(kind, meaning, unit, default, example)})


@dataclass(frozen=True, repr=False, kw_only=True)
class Settings:
    """Every setting, checked. Read it with `read_settings`; its repr holds no secret."""

    database_url: str = variable(
        kinds.DATABASE_URL,
        "Where all records live: a SQLite file, counted from where the process starts, or PostgreSQL.",
        "URL",
        "sqlite:///var/doorstep.db",
        "postgresql://doorstep:password@db.internal:5432/doorstep",
    )
    blob_store_url: BlobPlace = variable(
        kinds.BLOB_STORE_URL,
        "Where media bytes live: a folder, or a bucket of any store that speaks S3, which may be told to encrypt "
        "each object (`encryption=AES256`, or `aws:kms` with a `key`).",
        "URL",
        "file:var/blobs",
        "s3://doorstep-media/production?endpoint=https://s3.example.com&region=cn-east-1",
    )
    s3_access_key: str = variable(
        kinds.S3_ACCESS_KEY,
        "The bucket's access key; without it the machine's own role is used.",
        "text",
        "",
        "AKEXAMPLE",
    )
    s3_secret_key: str = variable(
        kinds.S3_SECRET_KEY,
        "The secret that belongs to the access key; both are set, or neither.",
        "text",
        "",
        "the-secret-of-that-key",
    )
    erasures_file: Path | str = variable(
        kinds.FILE,
        "Which customers were erased, as ids, for `doorstep restore` to erase them again; beside the media's folder "
        "unless set. Better on a disk that is not lost with the database, and shared by all server processes.",
        "path",
        "",
        "/srv/doorstep/erasures.jsonl",
    )
    base_url: str = variable(
        kinds.BASE_URL,
        "The address that phones, desks and customers use; links in messages begin with it.",
        "URL",
        "http://127.0.0.1:8400",
        "https://service.example.com",
    )
    host: str = variable(
        kinds.HOST,
        "The address to listen on; stay on the loopback address behind a reverse proxy on the same machine.",
        "address",
        "127.0.0.1",
        "0.0.0.0",
    )
    port: int = variable(kinds.whole(1, 65535), "The TCP port to listen on.", "port", "8400", "8400")
    secret: str = variable(
        kinds.SECRET,
        "The key from which tokens, cookies and links are signed; changing it ends every session.",
        "text",
        None,
        "$(openssl rand -hex 32)",
    )
    access_token_seconds: int = variable(
        kinds.whole(30, 3600),
        "How long a phone's access token is accepted before the device key must renew it.",
        "seconds",
        "900",
        "600",
    )
    nonce_days: int = variable(
        kinds.whole(1, 3650),
        "How long a phone may sign with the nonce it was last given; not less than the longest offline time.",
        "days",
        "90",
        "120",
    )
    enrolment_code_minutes: int = variable(
        kinds.whole(1, 43_200),
        "How long a one-time enrolment code can be used.",
        "minutes",
        "1440",
        "30",
    )
    longest_offline_days: int = variable(
        kinds.whole(1, 3650),
        "How long a phone may stay silent and still find every deletion on its return.",
        "days",
        "60",
        "90",
    )
    max_sync_body_bytes: int = variable(
        kinds.size(64 * 1024, 1024**3),
        "The largest body of one exchange, after decompression.",
        "bytes",
        "8 MiB",
        "16 MiB",
    )
    max_operation_bytes: int = variable(
        kinds.size(1024, 64 * 1024**2),
        "The largest single operation (phones send up to 64 KiB); larger content goes through uploads.",
        "bytes",
        "64 KiB",
        "1 MiB",
    )
    max_upload_bytes: int = variable(
        kinds.size(1024**2, 1024**4),
        "The largest single photo, clip or document.",
        "bytes",
        "2 GiB",
        "500 MiB",
    )
    device_upload_bytes: int = variable(
        kinds.size(1024**2, 1024**5),
        "How many bytes the unfinished uploads of one phone may announce together; finished ones do not count.",
        "bytes",
        "20 GiB",
        "5 GiB",
    )
    work_order_upload_bytes: int = variable(
        kinds.size(1024**2, 1024**5),
        "How many bytes all media of one work order may announce together, finished or not.",
        "bytes",
        "50 GiB",
        "10 GiB",
    )
    session_hours: int = variable(
        kinds.whole(1, 720),
        "How long a desk session lasts without a new password.",
        "hours",
        "12",
        "8",
    )
    log_level: str = variable(
        kinds.choice("debug", "info", "warning", "error"),
        "The least severe event that is logged.",
        "word",
        "info",
        "warning",
    )
    log_format: str = variable(
        kinds.choice("text", "json"),
        "Log lines for people or for machines; neither holds personal data.",
        "word",
        "text",
        "json",
    )
    language: str = variable(
        kinds.choice("zh", "en"),
        "The language in which the `doorstep` command speaks; empty: that of the terminal (`LC_ALL`, `LC_MESSAGES`, "
        "`LANG`). Desks and phones choose their own.",
        "word",
        "",
        "zh",
    )
    metrics_token: str = variable(
        kinds.METRICS_TOKEN,
        "What a monitoring system sends to `/metrics` as a bearer token; without it that address is closed.",
        "text",
        "",
        "$(openssl rand -hex 32)",
    )
    default_timezone: str = variable(
        kinds.TIMEZONE,
        "The wall time of a site whose own time zone is not known.",
        "time zone",
        "Asia/Shanghai",
        "Asia/Urumqi",
    )
    postgres_pool_size: int = variable(
        kinds.whole(1, 200),
        "How many PostgreSQL connections one process keeps; SQLite ignores it.",
        "connections",
        "8",
        "16",
    )
    group_commit_max: int = variable(
        kinds.whole(1, 1000),
        "How many waiting requests SQLite's writer may put into one commit; PostgreSQL ignores it.",
        "requests",
        "64",
        "128",
    )

    mail_url: str = variable(
        channel_kinds.MAIL_URL,
        "What carries mail to customers: an address template of Apprise, in which `{address}` is the person's. "
        "While no channel is set, messages land in the folder `messages` beside the media.",
        "URL",
        "",
        "mailtos://service:password@smtp.example.com?from=service@example.com&to={address}",
    )
    sms_url: str = variable(
        channel_kinds.SMS_URL,
        "The provider of text messages, which knows our words by template ids (`message_template.sms_template`).",
        "URL",
        "",
        "aliyun://KEY:SECRET@dysmsapi.aliyuncs.com?sign=上门服务",
    )
    message_webhook_url: str = variable(
        channel_kinds.WEBHOOK_URL,
        "The company's own gateway, which is given every message that no other channel carries, signed.",
        "URL",
        "",
        "https://gateway.example.com/messages",
    )
    message_webhook_secret: str = variable(
        kinds.SECRET,
        "The key under which messages to that gateway, and its receipts, are signed.",
        "text",
        "",
        "$(openssl rand -hex 32)",
    )

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        if not self.database_url.startswith("sqlite:///"):
            return None
        return Path(self.database_url.removeprefix("sqlite:///"))

    def __repr__(self) -> str:
        shown = (f"{name}={_redacted(known, getattr(self, name))}" for name, known in variables().items())
        return f"Settings({', '.join(shown)})"


def variables() -> dict[str, Variable]:
    """Every setting's declaration by its field name, in the order of the table."""
    return {one.name: one.metadata["variable"] for one in fields(Settings)}


def variable_name(field_name: str) -> str:
    """The environment variable of a field: `port` is DOORSTEP_PORT."""
    return PREFIX + field_name.upper()


def read_settings(environ: Mapping[str, str], fallback: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that `environ` describes; raises SettingsProblem at the first wrong variable.

    `fallback` holds variables, by full name, for what `environ` leaves out, as the demo does for its secret.
    An empty value counts as left out.
    """
    _refuse_unknown(environ)
    given = {**(fallback or {}), **{name: value for name, value in environ.items() if value}}
    values = {name: _read(name, known, given) for name, known in variables().items()}
    settings = Settings(**values)
    _check_together(settings)
    return settings


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    names = [variable_name(name) for name in variables()]
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in names and name not in READ_BY_TESTS:
            # The prefix is common to all and would make every name look alike.
            bare_names = [known.removeprefix(PREFIX) for known in names]
            close = difflib.get_close_matches(name.removeprefix(PREFIX), bare_names, n=1)
            hint = f"did you mean {PREFIX}{close[0]}?" if close else "docs/settings.md lists them all"
            raise SettingsProblem(name, f"{name} is not a setting of Doorstep ({hint}).")


def _read(name: str, known: Variable, given: Mapping[str, str]) -> Any:
    text = given.get(variable_name(name)) or known.default
    if text is None:
        raise _problem(name, f"is not set, and {known.kind.form} are needed")
    if text == "":
        return text
    try:
        return known.kind.parse(text)
    except ValueError as wrong:
        instead = "" if known.kind.secret else f', not "{_without_password(text)}"'
        raise _problem(name, f"{wrong}{instead}") from None


def _problem(name: str, wrong: str) -> SettingsProblem:
    variable_here = variable_name(name)
    example = variables()[name].example
    return SettingsProblem(
        variable_here, f"{variable_here} {wrong}; for example {variable_here}={_quoted(example)}."
    )


def _quoted(example: str) -> str:
    return f'"{example}"' if re.search(r"[ &?]", example) else example


def _check_together(settings: Settings) -> None:
    """Refuse values that are right alone and wrong together."""
    if settings.nonce_days < settings.longest_offline_days:
        raise _problem("nonce_days", "must not be less than DOORSTEP_LONGEST_OFFLINE_DAYS")
    if settings.max_operation_bytes > settings.max_sync_body_bytes:
        raise _problem("max_operation_bytes", "must not exceed DOORSTEP_MAX_SYNC_BODY_BYTES")
    for quota in ("device_upload_bytes", "work_order_upload_bytes"):
        if getattr(settings, quota) < settings.max_upload_bytes:
            raise _problem(quota, "must not be less than DOORSTEP_MAX_UPLOAD_BYTES")
    if bool(settings.s3_access_key) != bool(settings.s3_secret_key):
        missing = "s3_secret_key" if settings.s3_access_key else "s3_access_key"
        raise _problem(missing, "is not set, though the other half of the key is")
    if bool(settings.message_webhook_url) != bool(settings.message_webhook_secret):
        missing = "message_webhook_secret" if settings.message_webhook_url else "message_webhook_url"
        raise _problem(missing, "is not set, though the other half of the webhook is")
    if settings.s3_access_key and not isinstance(settings.blob_store_url, BucketPlace):
        raise _problem("blob_store_url", "must be an s3:// URL when DOORSTEP_S3_ACCESS_KEY is set")


def _redacted(known: Variable, value: object) -> str:
    if known.kind.secret:
        return "'…'" if value else "''"
    return _without_password(repr(value))


def _without_password(text: str) -> str:
    return PASSWORD_IN_URL.sub(lambda found: f"{found[1]}:…@" if found[1] is not None else "…", text)


if __name__ == "__main__":
    from server.settings_table import main

    main()
