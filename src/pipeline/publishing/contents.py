"""What a rendered site holds: every file's digest, size and headers."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.config import PublishSettings
from pipeline.errors import PublishError
from pipeline.publishing.manifest import Entry
from pipeline.publishing.paths import fault_of
from pipeline.publishing.redirects import read_redirects
from pipeline.publishing.rules import Rules

__all__ = ["read_site"]

MARKER = ".pipeline-site.json"  # the build's own note, which says whether it came to its end

_BUFFER = 256 * 2**10  # bytes; one for all files, because getting one costs more than hashing a page
_SHOWN_HIDDEN = {".well-known"}


def read_site(directory: Path, settings: PublishSettings, *, incomplete: bool = False) -> dict[str, Entry]:
    """Every file below `directory` by its path, in order of the paths, with the headers that `settings` give it.

    Hidden files are left out (but for `.well-known`). Raises PublishError if there is no site there (no directory, no
    file, no `index.html`), if it is half built (unless that is meant: `incomplete`), or if a file cannot be published.
    """
    if not directory.is_dir():
        raise PublishError(
            "there is no built site here: the directory does not exist.",
            path=directory,
            remedy="Build the site first, with `pipeline build`.",
        )
    if not incomplete and _is_half_built(directory):
        raise PublishError(
            "the build into this directory has not come to its end.",
            path=directory,
            remedy="Let it finish, or build again; if half of a site is meant, say --incomplete.",
        )
    rules = Rules(settings, read_redirects(directory))
    buffer = memoryview(bytearray(_BUFFER))
    site = {path: _entry(directory, path, rules, settings.state, buffer) for path in sorted(_files(directory, ""))}
    rules.check(site)
    if not site:
        raise PublishError(
            "the directory is empty, and publishing it would remove the whole site.",
            path=directory,
            remedy="Build the site first, with `pipeline build`.",
        )
    if "index.html" not in site:
        raise PublishError(
            "there is no index.html at the top, so this is not a whole site.",
            path=directory,
            remedy="Build the site again, or name the right directory.",
        )
    return site


def _files(directory: Path, prefix: str) -> Iterator[str]:
    try:
        with os.scandir(directory / prefix) as found:
            entries = list(found)
    except OSError as error:
        raise _unreadable(directory / prefix, error) from error
    for entry in entries:
        if entry.name.startswith(".") and entry.name not in _SHOWN_HIDDEN:
            continue
        path = prefix + entry.name
        if entry.is_symlink() and not _stays_inside(directory, path):
            raise PublishError(
                "is a link to a directory, or leads out of the site.",
                path=directory / path,
                remedy="Put a copy in its place.",
            )
        if entry.is_dir():
            yield from _files(directory, f"{path}/")
        elif entry.is_file():
            yield path


def _stays_inside(directory: Path, path: str) -> bool:
    target = (directory / path).resolve()
    return target.is_file() and target.is_relative_to(directory.resolve())


def _is_half_built(directory: Path) -> bool:
    try:
        noted = json.loads((directory / MARKER).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(noted, dict) and noted.get("state") == "writing"


def _entry(directory: Path, path: str, rules: Rules, state: str, buffer: memoryview) -> Entry:
    fault = fault_of(path)
    if path.startswith(f"{state}/"):
        fault = f"[publish] `state` is {state!r}, which is where the manifest is kept"
    if fault:
        raise PublishError(f"{path!r} cannot be published: {fault}.", path=directory, remedy="Rename the file.")
    file, digest, size = directory / path, hashlib.sha256(), 0
    try:
        with file.open("rb", buffering=0) as content:
            while read := content.readinto(buffer):
                digest.update(buffer[:read])
                size += read
    except OSError as error:
        raise _unreadable(file, error) from error
    return rules.entry(path, digest.hexdigest(), size)


def _unreadable(path: Path, error: OSError) -> PublishError:
    return PublishError(
        f"cannot be read: {error.strerror}.", path=path, remedy="Check the file and its permissions, or build again."
    )
