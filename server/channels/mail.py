"""Mail, and whatever else Apprise carries: an address template in which `{address}` stands for the person's."""

from __future__ import annotations

import logging
import re
import threading
from urllib.parse import quote

from scheduler.messages.channel import Letter, Rejected, Unreachable

PLACE = "{address}"
_ADDRESS = re.compile(r"[^\s@,;:&?#/<>\"()\\]+@[^\s@,;:&?#/<>\"()\\]+")
"""One address and nothing else: the library would take several."""
_NEVER = re.compile(r"\(5\d\d, |\b5\d\d [0-9.]+")
"""A permanent refusal of SMTP, as the library's log tells it: its own answer is yes or no."""


class AppriseChannel:
    """See `scheduler.messages.channel.Channel`. The services do not know of keys: mail has it in a header."""

    def __init__(self, name: str, template: str) -> None:
        """`template` is a URL of Apprise that holds `{address}`."""
        self.name = name
        self._template = template

    def send(self, letter: Letter) -> str:
        """Hand it to the service; there is no reference."""
        if _ADDRESS.fullmatch(letter.address) is None:
            raise Rejected("the address is none")
        url = self._template.replace(PLACE, quote(letter.address, safe="@"))
        if url.startswith(("mailto://", "mailtos://")):
            url += f"{'&' if '?' in url else '?'}format=text&+X-Doorstep-Message={letter.key}"
        # Half a second to import: only processes that send pay it.
        import apprise

        service = apprise.Apprise.instantiate(url)
        if not isinstance(service, apprise.NotifyBase):
            raise Rejected("the service's address cannot be read")
        with _Heard() as heard:
            taken = service.notify(
                body=letter.body, title=letter.subject, body_format=apprise.NotifyFormat.TEXT
            )
        if taken:
            return ""
        if _NEVER.search(heard.said):
            raise Rejected("the service refused the address or the message")
        raise Unreachable("the service did not take it")


class _Heard(logging.Handler):
    """What the library says in this thread, while it is at work; kept for a moment, and written nowhere."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said = ""
        self._thread = threading.get_ident()
        self._log = logging.getLogger("apprise")

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if record.thread == self._thread:
            self.said += record.getMessage() + "\n"

    def __enter__(self) -> _Heard:
        # Its messages hold addresses: they go nowhere else.
        self._log.propagate = False
        self._log.setLevel(logging.DEBUG)
        self._log.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._log.removeHandler(self)
