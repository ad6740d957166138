"""Since when a source is another than the one a translation was made from, as the history of a checkout knows it."""

from __future__ import annotations

import hashlib
import logging
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

__all__ = ["changed_since", "head"]

log = logging.getLogger(__name__)

_SECONDS = 20.0
_COMMIT = "\x01"


def changed_since(root: Path, texts: Mapping[Path, bytes]) -> dict[Path, datetime]:
    """For each file, when the first commit after the one in which it was this text was made.

    Files are left out that never were this text in a commit, or still are it; all of them if `root` is no checkout.
    """
    names = {path.relative_to(root).as_posix(): path for path in texts if path.is_relative_to(root)}
    if not names:
        return {}
    command = ["git", "-C", str(root), "-c", "core.quotepath=off", "log", f"--format={_COMMIT}%cI", "--raw"]
    command += ["--no-abbrev", "--no-renames", "--relative", "--", *sorted(names)]
    try:
        log_text = subprocess.run(command, capture_output=True, check=True, timeout=_SECONDS).stdout.decode()
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
        log.debug("there is no history: %s", error)
        return {}
    since: dict[Path, datetime] = {}
    found: dict[Path, datetime] = {}
    for commit in log_text.split(_COMMIT)[1:]:
        date, *lines = commit.splitlines()
        for line in filter(None, lines):
            columns, _, name = line.partition("\t")
            _, _, before, after, _ = columns.split()
            path = names.get(name)
            if path is None or path in found:
                continue
            blob = _blob(texts[path], len(before))
            if after == blob:  # it was this text until the commit after this one
                if path in since:
                    found[path] = since[path]
                names.pop(name)
            else:
                since[path] = datetime.fromisoformat(date)
                if before == blob:
                    found[path] = since[path]
    return found


def _blob(data: bytes, length: int) -> str:
    """The name that git gives a file's content."""
    whole = b"blob %d\0" % len(data) + data
    return (hashlib.sha256(whole) if length == 64 else hashlib.sha1(whole, usedforsecurity=False)).hexdigest()


def head(root: Path) -> str:
    """The commit that a checkout is at; `none` where there is none."""
    try:
        found = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, check=True, timeout=_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return "none"
    return found.stdout.decode("ascii", "replace").strip()
