"""Which paths a site may publish: the one rule for what is read, stored, deleted and served."""

from __future__ import annotations

__all__ = ["KEPT", "MANIFEST_PATH", "PRIVATE", "PROBE_PATH", "fault_of", "is_private"]

PRIVATE = ".pipeline"
MANIFEST_PATH = f"{PRIVATE}/manifest.json"
PROBE_PATH = f"{PRIVATE}/probe"  # written by nothing but a server that ignores conditions
KEPT = f"{PRIVATE}/kept"  # earlier releases' objects, by their content

_LONGEST = 900  # bytes; S3 allows a key 1024, and the target's prefix needs some of them


def is_private(path: str) -> bool:
    """Whether a path is where the manifest and the kept copies are, and not part of the site."""
    return path.startswith(f"{PRIVATE}/")


def fault_of(path: str) -> str:
    """What forbids `path` (relative, with `/`) as the path of a published object; empty if nothing does."""
    try:
        size = len(path.encode("utf-8"))
    except UnicodeEncodeError:
        return "its name is not valid UTF-8"
    parts = path.split("/")
    if not path or size > _LONGEST:
        return f"its name is empty or longer than {_LONGEST} bytes"
    if any(part in {"", ".", ".."} for part in parts):
        return "it has an empty, `.` or `..` part"
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in path) or "\\" in path:
        return "its name holds a control character or a backslash"
    if parts[0] == PRIVATE:
        return f"`{PRIVATE}` is where the manifest is kept"
    return ""
