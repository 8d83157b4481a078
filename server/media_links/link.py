"""Links to the bytes of one file: signed, for one holder, for some minutes. They lie in no record and in no log.

`base64url(JSON [sha256, content_type, name, holder, expires_at]) . base64url(HMAC-SHA256)`
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from mobile_api.clock import Clock
from mobile_api.derived_key import derived_key, from_base64url, to_base64url
from server.media_links.problems import MediaLinkExpired, MediaLinkUnreadable

LINK_SECONDS = 600
_LONGEST = 2000


class Link(msgspec.Struct, frozen=True, array_like=True):
    """What a link opens, and for whom."""

    sha256: str
    content_type: str
    name: str
    """Under which an original is saved; empty for a rendition, which is shown in its place."""
    holder: str
    """`device:<id>` or `account:<id>`."""
    expires_at: int
    """Seconds since 1970 in UTC."""


_decode = msgspec.json.Decoder(Link).decode


class MediaLinks:
    """Signs links and recognises its own."""

    def __init__(self, secret: str, clock: Clock, seconds: int = LINK_SECONDS) -> None:
        self._key = derived_key(secret, "media link")
        self._clock = clock
        self._seconds = seconds

    def signed(self, sha256: str, content_type: str, name: str, holder: str) -> tuple[str, int]:
        """The link, and when it ends in seconds since 1970."""
        link = Link(sha256, content_type, name, holder, int(self._clock()) + self._seconds)
        said = to_base64url(msgspec.json.encode(link))
        return f"{said}.{self._mac(said)}", link.expires_at

    def read(self, text: str) -> Link:
        """What a genuine link says. Raises MediaLinkUnreadable, MediaLinkExpired."""
        said, _, mac = text.partition(".")
        if len(text) > _LONGEST or not text.isascii() or not hmac.compare_digest(mac, self._mac(said)):
            raise MediaLinkUnreadable()
        link = _decode(from_base64url(said))
        if link.expires_at <= self._clock():
            raise MediaLinkExpired()
        return link

    def _mac(self, said: str) -> str:
        return to_base64url(hmac.digest(self._key, said.encode(), hashlib.sha256))
