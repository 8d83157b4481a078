"""A file sent by the tus protocol, in pieces (section 14)."""

import base64
import hashlib

import httpx

VERSION = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


def create(client: httpx.Client, headers: dict[str, str], media: str, data: bytes) -> tuple[str, int]:
    """The address of the upload and how much of it the server has; repeating gives the same."""
    told = {"media": media, "sha256": hashlib.sha256(data).hexdigest(), "kind": "original"}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
    answer = client.post(
        "/v1/uploads",
        headers=headers | VERSION | {"Upload-Length": str(len(data)), "Upload-Metadata": metadata},
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"], int(answer.headers["Upload-Offset"])


def append(
    client: httpx.Client, headers: dict[str, str], address: str, offset: int, piece: bytes
) -> httpx.Response:
    """One piece, with its checksum; the answer tells the new offset."""
    checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
    return client.patch(
        address,
        content=piece,
        headers=headers
        | VERSION
        | BYTES
        | {"Upload-Offset": str(offset), "Upload-Checksum": f"sha256 {checksum}"},
    )


def offset(client: httpx.Client, headers: dict[str, str], address: str) -> int:
    """How much the server has durably."""
    answer = client.head(address, headers=headers | VERSION)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])
