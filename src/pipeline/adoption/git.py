"""What git knows of a site, read without writing anything, running anything the repository names, or the network."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

__all__ = ["Change", "Commit", "GitFault", "Repository"]

log = logging.getLogger(__name__)

# No hooks, monitors or foreign programs of the repository; no transport, so that a partial clone fetches nothing.
_SAFE = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "log.showSignature=false",
    "log.diffMerges=off",
)
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "LC_ALL": "C",
}
_MARKDOWN = ("*.md", "*.markdown", "*.mdown")
_NONE = "0" * 40


class GitFault(Exception):
    """Git is not there, or refuses; the message is its own."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file in one commit: `before` and `after` are blob ids, empty for none; `was` is its former path."""

    path: str
    was: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Commit:
    """`time` in seconds since 1970; `changes` are those of Markdown files, with paths from the top directory."""

    id: str
    time: int
    parents: tuple[str, ...]
    changes: tuple[Change, ...]


class Repository:
    """A work tree's repository. `shallow` are the commits at which a shallow clone was cut off."""

    def __init__(self, top: Path, shallow: frozenset[str]) -> None:
        self.top, self.shallow = top, shallow
        self._reader: subprocess.Popen[bytes] | None = None

    @classmethod
    def open(cls, directory: Path) -> Repository:
        """The repository that a directory belongs to. Raises GitFault with git's reason if there is none."""
        text = _run(directory, "rev-parse", "--show-toplevel", "--git-path", "shallow").decode(errors="surrogateescape")
        top, shallow = text.splitlines()[:2]
        grafts = directory / shallow
        cut = frozenset(grafts.read_text().split()) if grafts.is_file() else frozenset()
        return cls(Path(top), cut)

    def log(self, directory: Path) -> list[Commit]:
        """The commits that changed Markdown below a directory, newest first, with renames found. Raises GitFault."""
        form = "--format=%x01%H %ct %P"
        pathspecs = [f":(glob,icase)**/{pattern}" for pattern in _MARKDOWN]
        options = ("--raw", "-z", "-M", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-color", "--date-order")
        out = _run(directory, "-c", "log.showRoot=true", "log", form, *options, "--", *pathspecs)
        return list(_commits(out.decode(errors="surrogateescape").split("\0")))

    def read(self, name: str) -> tuple[str, bytes] | None:
        """Id and content of a blob, named by its id or as `commit:path`; None if there is no such thing here."""
        if "\n" in name:
            return None
        reader = self._reader = self._reader or _start(self.top)
        stdin, stdout = _pipe(reader.stdin), _pipe(reader.stdout)
        try:
            stdin.write(os.fsencode(name) + b"\n")
            stdin.flush()
            header = stdout.readline().rstrip(b"\n")
        except BrokenPipeError:
            header = b""
        if not header:  # it gave up, as on an object that only the server of a partial clone has
            self.close()
            return None
        parts = header.rsplit(b" ", 2)
        if header.endswith((b" missing", b" ambiguous")) or len(parts) != 3 or not parts[2].isdigit():
            return None
        data = stdout.read(int(parts[2]))
        stdout.read(1)
        return (parts[0].decode(), data) if parts[1] == b"blob" else None

    def close(self) -> None:
        """End the process that reads blobs."""
        if self._reader is not None:
            _pipe(self._reader.stdout).close()
            with suppress(BrokenPipeError):
                _pipe(self._reader.stdin).close()
            self._reader.terminate()
            self._reader.wait()
            self._reader = None


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 (both are pipes)
    return stream


def _environment() -> Mapping[str, str]:
    """Ours, without what would point git at another repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or "CONFIG" in name}
    return {**kept, **_QUIET}


def _command(directory: Path, *arguments: str) -> list[str]:
    return ["git", "-C", str(directory), *(part for setting in _SAFE for part in ("-c", setting)), *arguments]


def _run(directory: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(_command(directory, *arguments), capture_output=True, check=False, env=_environment())
    except OSError as error:
        raise GitFault(f"git cannot be run: {error.strerror}") from error
    if done.returncode:
        message = done.stderr.decode(errors="replace").strip().splitlines()
        raise GitFault(message[0].removeprefix("fatal: ") if message else f"git ended with {done.returncode}")
    return done.stdout


def _start(top: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        _command(top, "cat-file", "--batch"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )


def _commits(fields: list[str]) -> Iterator[Commit]:
    """From `log -z --raw`: a commit's line, then for each file its line and one path, or two for a rename."""
    head: list[str] = []
    changes: list[Change] = []
    position = 0
    while position < len(fields):
        field = fields[position].lstrip("\n")
        position += 1
        if field.startswith("\x01"):
            if head:
                yield Commit(head[0], int(head[1]), tuple(head[2:]), tuple(changes))
            head, changes = field[1:].split(), []
        elif field.startswith(":"):
            _, _, before, after, status = field[1:].split()
            renamed = status[0] in "RC"
            was = fields[position]
            path = fields[position + renamed]
            position += 1 + renamed
            changes.append(Change(path, was, _blob(before), _blob(after)))
    if head:
        yield Commit(head[0], int(head[1]), tuple(head[2:]), tuple(changes))


def _blob(name: str) -> str:
    return "" if set(name) <= set(_NONE) else name
