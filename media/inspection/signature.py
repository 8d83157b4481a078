"""A file's type by its first bytes, from a short list; the sender's word and the name count for nothing."""

from __future__ import annotations

from typing import BinaryIO, NamedTuple

from media.inspection.fault import Unfit

HEAD_BYTES = 4096
_TAIL_BYTES = 65_557
"""The end record of a ZIP file lies in its last so many bytes."""
_END_OF_ZIP = b"PK\x05\x06"
_END_OF_ZIP_BYTES = 22

_MARKUP = (b"<svg", b"<html", b"<!doctype html", b"<script", b"<?php")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!")
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
_REFUSED_BRANDS = frozenset({b"avif", b"avis", b"crx "})
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip")


class Type(NamedTuple):
    """One type that is taken: how it is called, and what opens it."""

    content_type: str
    opened_by: str
    """A Pillow format, an FFmpeg demuxer, or nothing for what is kept unopened."""


JPEG = Type("image/jpeg", "JPEG")
PNG = Type("image/png", "PNG")
WEBP = Type("image/webp", "WEBP")
HEIC = Type("image/heic", "HEIF")
MP4 = Type("video/mp4", "mov")
MOV = Type("video/quicktime", "mov")
WEBM = Type("video/webm", "matroska")
OGG = Type("audio/ogg", "ogg")
WAV = Type("audio/wav", "wav")
MP3 = Type("audio/mpeg", "mp3")
PDF = Type("application/pdf", "")


def type_of(file: BinaryIO) -> Type:
    """The one type that the file is. Raises Unfit: `empty`, `active_content`, `type_not_taken`, `two_types`."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head:
        raise Unfit("empty")
    found = _by_head(head)
    lower = head.lower()
    has_markup = any(mark in lower for mark in _MARKUP)
    if found is None:
        raise Unfit("active_content" if has_markup else "type_not_taken")
    # Readers of these look further than the first byte: one file would be a photo here and a page or archive there.
    is_also_pdf = found is not PDF and b"%PDF-" in head[:1024]
    if has_markup or is_also_pdf or _ends_as_zip(file):
        raise Unfit("two_types")
    return found


def _by_head(head: bytes) -> Type | None:
    if head.startswith(_PROGRAMS) and not _is_mp3(head):
        return None
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return WEBP if head[8:12] == b"WEBP" else WAV
    if head.startswith(b"\x1aE\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else None
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"%PDF-"):
        return PDF
    return _by_boxes(head) or (MP3 if _is_mp3(head) else None)


def _by_boxes(head: bytes) -> Type | None:
    if head[4:8] != b"ftyp":
        return MOV if head[4:8] in _QUICKTIME_ATOMS else None
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brand = head[8:12]
    brands = {brand, *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if brands & _REFUSED_BRANDS:
        return None
    if brand in _HEIC_BRANDS:
        return HEIC
    return MOV if brand == b"qt  " else MP4


def _is_mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2)


def _ends_as_zip(file: BinaryIO) -> bool:
    size = file.seek(0, 2)
    start = max(0, size - _TAIL_BYTES)
    file.seek(start)
    tail = file.read(_TAIL_BYTES)
    at = tail.rfind(_END_OF_ZIP)
    while at >= 0:
        comment_bytes = int.from_bytes(tail[at + 20 : at + 22], "little")
        if len(tail) - at == _END_OF_ZIP_BYTES + comment_bytes:
            return True
        at = tail.rfind(_END_OF_ZIP, 0, at)
    return False
