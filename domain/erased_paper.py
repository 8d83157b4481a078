"""What stays of a signed document and of its statement once the customer was erased: the work, and not the person."""

from __future__ import annotations

from typing import Any

from domain.sign_off import STATEMENT
from domain.signed_document import DOCUMENT
from sync import canonical
from sync.personal import IN_WORDS

GONE = IN_WORDS["en"]

_KEPT: dict[str, Any] = {
    "document": None,
    "template": None,
    "locale": None,
    "order": {"id": None, "number": None, "provisional_number": None, "kind": None},
    "customer": {"number": None},
    "site": {"zone": None},
    "asset": {"id": None, "equipment": None, "model": None, "serial": None},
    "visit": {"id": None, "technician": None, "arrived": None, "started": None, "finished": None},
    "fault_code": None,
    "options": {"recommended": None, "chosen": None, "total_fen": None},
    "steps": {"verdict": None},
    "parts": {
        "code": None,
        "name": None,
        "quantity": None,
        "serial": None,
        "price_fen": None,
        "under_warranty": None,
    },
    "demonstrations": {"shown": None, "customer_did_it": None},
    "media": {"id": None, "sha256": None},
    "total_fen": None,
}
"""Members of a document (sync-protocol.md, 16.2) that say what was done, and to which machine."""


def erased_document(text: str) -> str:
    """A document without the person, its members all there; what is no such document goes as a whole."""
    shown = _read(text)
    return _written(_kept(shown, _KEPT)) if shown.get("document") == DOCUMENT else GONE


def erased_statement(text: str) -> str:
    """A statement without the signer's name and the typed reason. Its hashes and its place stay."""
    said = _read(text)
    if said.get("statement") != STATEMENT:
        return GONE
    signer = said.get("signer")
    said["signer"] = None if signer is None else {"name": GONE, "role": None}
    said["reason"] = None if said.get("reason") is None else GONE
    return _written(said)


def _kept(value: Any, kept: dict[str, Any] | None) -> Any:
    if kept is None:
        return value
    if isinstance(value, list):
        return [_kept(one, kept) for one in value]
    if not isinstance(value, dict):
        return None
    return {name: _kept(one, kept[name]) if name in kept else None for name, one in value.items()}


def _read(text: str) -> dict[str, Any]:
    try:
        found = canonical.decode(text.encode())
    except (*canonical.NOT_JSON, UnicodeEncodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _written(value: dict[str, Any]) -> str:
    return canonical.encode(value).decode()
