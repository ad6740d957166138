"""The size of an image, read from its first bytes, so that a page does not jump when it arrives."""

from __future__ import annotations

import re
import struct
from pathlib import Path

__all__ = ["size_of"]

_HEAD = 65536
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(?:px)?")


def size_of(path: Path) -> tuple[int, int] | None:
    """(width, height) in CSS pixels of a PNG, GIF, JPEG, WebP or SVG; None if that cannot be told."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        return _sniffed(head)
    except (OSError, struct.error, ValueError):
        return None


def _sniffed(head: bytes) -> tuple[int, int] | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack_from(">II", head, 16)
        return width, height
    if head.startswith((b"GIF87a", b"GIF89a")):
        width, height = struct.unpack_from("<HH", head, 6)
        return width, height
    if head.startswith(b"\xff\xd8"):
        return _jpeg(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(head)
    return _svg(head.decode("utf-8", "replace")) if b"<svg" in head else None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    position = 2
    while position < len(head):
        marker, length = struct.unpack_from(">xBH", head, position)
        # Frame headers are SOF0 to SOF15, without the tables (DHT, JPG, DAC) that share their range.
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", head, position + 5)
            return width, height
        position += 2 + length
    return None


def _webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _svg(text: str) -> tuple[int, int] | None:
    tag = re.search(r"<svg\b[^>]*>", text)
    if not tag:
        return None
    attributes = dict(re.findall(r"""\s(width|height|viewBox)\s*=\s*["']([^"']+)["']""", tag[0]))
    sides = [_LENGTH.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
    if sides[0] and sides[1]:
        return round(float(sides[0][1])), round(float(sides[1][1]))
    box = attributes.get("viewBox", "").replace(",", " ").split()
    return (round(float(box[2])), round(float(box[3]))) if len(box) == 4 else None
