"""What is held about a customer as one file to hand out: a program reads `data.json`, a person the pages."""

from __future__ import annotations

import io
import zipfile

import msgspec

from server.personal.held import Held
from server.personal.page import page

MEDIA_TYPE = "application/zip"


def export_file(held: Held) -> bytes:
    """The bytes of a ZIP with `data.json`, `en.html` and `zh.html`. The same of the same."""
    data = msgspec.json.format(msgspec.json.encode(held), indent=1) + b"\n"
    members = {"data.json": data, "en.html": page(held, "en").encode(), "zh.html": page(held, "zh").encode()}
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return found.getvalue()


def file_name(held: Held) -> str:
    """Told to whoever saves it: no personal data in it."""
    return f"personal-data-{held.customer}.zip"
