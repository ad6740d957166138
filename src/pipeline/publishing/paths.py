"""Which paths a site may publish: the one rule for what is read, stored, deleted and served."""

from __future__ import annotations

__all__ = ["MANIFEST_PATH", "PRIVATE", "fault_of"]

PRIVATE = ".pipeline"
MANIFEST_PATH = f"{PRIVATE}/manifest.json"

_LONGEST = 900  # bytes; S3 allows a key 1024, and the target's prefix needs some of them


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
