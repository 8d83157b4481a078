"""How a phone proves which one it is: by an access token, or by its device key over body and nonce."""

from __future__ import annotations

from dataclasses import dataclass

from mobile_api.device_signature import is_signed
from mobile_api.nonces import Nonce, Nonces
from mobile_api.ports import Device, Devices
from mobile_api.problem import Unauthorized
from mobile_api.problems import AccessTokenExpired, DeviceUnknown, NonceRefused, SignatureRefused
from mobile_api.request_body import Headers
from mobile_api.tokens import AccessTokens, Bearer
from sync.value_type import is_identifier

DEVICE, NONCE, SIGNATURE = b"doorstep-device", b"doorstep-nonce", b"doorstep-signature"
"""Header fields of a signed request, as an ASGI scope names them."""

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Signed:
    """A request that a device key signed."""

    device: str
    known: Device | None
    """None: a device that earned its nonce here, and that this database does not know (any more)."""
    nonce: Nonce


class Credentials:
    """Recognises phones, and gives them what they prove themselves with next time."""

    def __init__(self, tokens: AccessTokens, nonces: Nonces, devices: Devices) -> None:
        self.tokens = tokens
        self.nonces = nonces
        self._devices = devices

    def bearer(self, headers: Headers) -> Bearer | None:
        """What the request's token says, while it is current; None when the request is signed instead.

        Raises Unauthorized, or AccessTokenExpired with a nonce to sign, when it is neither.
        """
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        found = self.tokens.read(token.strip()) if scheme.lower() == b"bearer" else None
        if found is not None and self.tokens.is_current(found):
            said = headers.get(DEVICE)
            if said is not None and said.decode("latin-1") != found.device:
                raise Unauthorized(_CHALLENGE)
            return found
        if SIGNATURE in headers:
            return None
        if found is not None:
            raise AccessTokenExpired(_CHALLENGE, nonce=self.nonces.issue(found.device, earned=False))
        raise Unauthorized(_CHALLENGE)

    def signed(self, headers: Headers, body: bytes) -> Signed:
        """Who signed the request. Reads the device's row, so it may block.

        Raises NonceRefused with a fresh nonce, SignatureRefused, DeviceUnknown, Unauthorized.
        """
        device = headers.get(DEVICE, b"").decode("latin-1")
        if not is_identifier(device):
            raise Unauthorized(_CHALLENGE)
        text = headers.get(NONCE, b"").decode("latin-1")
        nonce = self.nonces.read(text, device)
        known = self._devices.get(device)
        floor_ms = known.nonce_floor_ms if known else 0
        if nonce is None or nonce.issued_ms < floor_ms:
            fresh = self.nonces.issue(device, earned=False, not_before_ms=floor_ms)
            raise NonceRefused(_CHALLENGE, nonce=fresh)
        if known is None:
            if not nonce.earned:
                raise DeviceUnknown(_CHALLENGE)
        elif not is_signed(known.public_key, headers.get(SIGNATURE, b"").decode("latin-1"), body, text):
            raise SignatureRefused(_CHALLENGE)
        return Signed(device, known, nonce)

    def next_nonce(self, device: str, after: Nonce | None = None) -> str:
        """The nonce for the device's next signature, newer than the one that it just used."""
        return self.nonces.issue(device, earned=True, not_before_ms=after.issued_ms if after else 0)
