"""Since when a post has been as it is: what says how long its translation has been behind."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["days_since_change"]

_SECONDS = 20
_MARK = "\x01"


def days_since_change(root: Path, paths: Iterable[Path], now: datetime | None = None) -> dict[Path, int]:
    """Whole days since the last commit that touched each path; of a path that git does not know, since it was saved.

    Paths that are not there have none.
    """
    wanted = {path.resolve(): path for path in paths}
    times = {path: path.stat().st_mtime for path in wanted if path.is_file()}
    times |= {path: time for path, time in _committed(root).items() if path in times} if wanted else {}
    moment = (now or datetime.now(UTC)).timestamp()
    return {wanted[path]: max(0, int((moment - time) // 86400)) for path, time in times.items()}


def _committed(root: Path) -> dict[Path, float]:
    """The time of the last commit of every path below `content/` that git knows and nobody has changed since."""
    top = _git(root, "rev-parse", "--show-toplevel").strip()
    if not top:
        return {}
    found: dict[Path, float] = {}
    log = _git(root, "-c", "core.quotePath=false", "log", "-z", f"--format={_MARK}%ct", "--name-only", "--", "content")
    time = 0.0
    for part in log.replace("\n", "\0").split("\0"):
        if part.startswith(_MARK):
            time = float(part.removeprefix(_MARK))
        elif part:
            found.setdefault(Path(top, part).resolve(), time)
    changed = _git(root, "-c", "core.quotePath=false", "diff", "-z", "--name-only", "HEAD", "--", "content")
    for part in changed.split("\0"):
        found.pop(Path(top, part).resolve(), None)
    return found


def _git(root: Path, *arguments: str) -> str:
    """What git says; nothing if there is no git or no repository."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
