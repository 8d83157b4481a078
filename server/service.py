"""What routes and commands work with: every part of a running Doorstep, tied together by `server.bootstrap`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from media.store import Store
from media.uploads import Uploads
from mobile_api.app_routes import MobilePorts
from mobile_api.authentication import Authentication
from mobile_api.clock import Clock, instant
from mobile_api.credentials import Credentials
from mobile_api.settings import MobileSettings
from scheduler.ticker import Ticker
from server.db.accounts import Accounts
from server.db.devices import SqlDevices
from server.db.enrolments import SqlEnrolments
from server.db.open import SqlStore
from server.db.quarantine import SqlQuarantine
from server.db.reading import Reading
from server.db.waking.others import OtherProcesses
from server.desk.changes import Changes
from server.desk.session import DeskSessions
from server.enrolling import Enrolling
from server.evidence.evidence import Evidence
from server.media_rendering import Rendering
from server.messaging import Messaging
from server.observe.health import Check
from server.observe.metrics import Metrics
from server.personal.erasing import Erasing
from server.settings import Settings
from server.sign_off_checks import SignOffChecks
from server.upload_expiry import UploadExpiry
from sync.engine import Engine


@dataclass(frozen=True, kw_only=True)
class Service:
    """Everything that routes and commands work with. `close` it at the end."""

    settings: Settings
    store: SqlStore
    reading: Reading
    engine: Engine
    accounts: Accounts
    devices: SqlDevices
    enrolments: SqlEnrolments
    quarantine: SqlQuarantine
    enrolling: Enrolling
    desk_sessions: DeskSessions
    blobs: Store
    """Where the bytes of media lie."""
    uploads: Uploads
    """Whoever serves recovers what a crash interrupted; commands do not, since a live server may be at it."""
    erasing: Erasing
    sign_offs: SignOffChecks
    evidence: Evidence
    mobile: MobilePorts
    mobile_settings: MobileSettings
    credentials: Credentials
    authenticate_phone: Authentication
    changes: Changes
    others: OtherProcesses
    ticker: Ticker
    """Started by whoever serves; commands do not tick."""
    messages: Messaging
    rendering: Rendering
    upload_expiry: UploadExpiry
    """Both are started by whoever serves, too."""
    metrics: Metrics
    checks: Sequence[Check]
    clock: Clock
    new_id: Callable[[], str]
    closing: list[Callable[[], None]] = field(default_factory=list)

    def now(self) -> str:
        """The server's time, an instant in UTC."""
        return instant(self.clock())

    def device_of(self, headers: Mapping[bytes, bytes]) -> str:
        """The phone that a request's headers name, for the log; empty when they name none."""
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer":
            return ""
        bearer = self.credentials.tokens.read(token.strip())
        return bearer.device if bearer else ""

    def close(self) -> None:
        """Let go of the database; repeating is safe."""
        while self.closing:
            self.closing.pop()()
