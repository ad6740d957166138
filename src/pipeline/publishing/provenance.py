"""Who publishes, and from which commit: for people who read the list of releases."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

__all__ = ["commit_of", "publisher"]

_PATIENCE = 10  # seconds
_LONGEST = 100


def publisher(env: Mapping[str, str] = os.environ) -> str:
    """`PIPELINE_PUBLISHER`, the actor of a CI run, or the user and machine."""
    named = env.get("PIPELINE_PUBLISHER") or env.get("GITHUB_ACTOR") or env.get("GITLAB_USER_LOGIN")
    if not named:
        try:
            named = f"{getpass.getuser()}@{socket.gethostname()}"
        except (OSError, KeyError):
            named = socket.gethostname()
    return "".join(letter if letter.isprintable() else "?" for letter in named)[:_LONGEST]


def commit_of(directory: Path, env: Mapping[str, str] = os.environ) -> str:
    """The commit that `directory` is a checkout of, with `+` if files differ from it; empty without git."""
    try:
        commit = _git(directory, "rev-parse", "--short=12", "HEAD")
        changed = _git(directory, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return env.get("GITHUB_SHA", "")[:12]
    return f"{commit}+" if changed else commit


def _git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(directory), *arguments], capture_output=True, text=True, timeout=_PATIENCE, check=True
    )
    return done.stdout.strip()
