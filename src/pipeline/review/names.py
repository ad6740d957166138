"""Names of branches, a post's key as git allows it in a ref, and of their previews."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import quote

from pipeline.errors import ConfigError

__all__ = ["branch_name", "preview_path", "shared_branch"]

_SAFE = "/-_.+,=!$&'()"


def branch_name(top: str, locale: str, key: str, others: Iterable[str]) -> str:
    """`translations/zh/posts/foo`. Where git cannot have that beside one of `others`, which is a directory of it or the
    other way round, the slashes of the key are written `%2F`.
    """
    name = f"{top}/{locale}/{_written(key)}"
    flat = f"{top}/{locale}/{_written(key).replace('/', '%2F')}"
    taken = set(others)
    if flat in taken or any(one.startswith(f"{name}/") or name.startswith(f"{one}/") for one in taken):
        return flat
    return name


def shared_branch(top: str) -> str:
    """The branch of a run that proposes everything in one."""
    return f"{top}/everything"


def _written(key: str) -> str:
    """A key as `git check-ref-format` wants it; what it forbids, and what is not ASCII, is percent-encoded."""
    parts = []
    for part in quote(key, safe=_SAFE).split("/"):
        part = re.sub(r"^\.|\.(?=\.)|\.$|(?<=.)\.(?=lock$)", "%2E", part)
        parts.append(part.replace("~", "%7E"))
    return "/".join(parts)


def preview_path(branch: str) -> str:
    """Where the preview of a branch is, below the site's address; without slashes at the ends. Raises ConfigError."""
    safe = re.sub(r"[^A-Za-z0-9._/-]", "-", branch)
    if not branch or any(part in ("", ".", "..") for part in safe.split("/")):
        raise ConfigError(f"{branch!r} is no name of a branch.", remedy="Name one, such as translations/zh/posts/foo.")
    if safe != branch:  # two branches may not share a preview
        safe += "-" + hashlib.sha256(branch.encode(errors="surrogateescape")).hexdigest()[:8]
    return f"preview/{safe}"
