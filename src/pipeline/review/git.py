"""A checkout's git, used without its working tree, its index, its hooks and its checked-out branch."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.errors import ReviewError

__all__ = ["Git", "GitFault"]

log = logging.getLogger(__name__)

_SECONDS = 300.0
_FILE = "100644"
_LOGIN = re.compile(r"://[^/@\s]+@")


class GitFault(ReviewError):
    """Git refused; the message is its own, with a remedy where the cause is known."""


class Git:
    """The repository that `root` is in. Paths are relative to `root`; objects are named by their ids."""

    def __init__(self, root: Path, secrets: Mapping[str, str] | None = None) -> None:
        """`secrets` are environment variables for what git itself starts, such as a helper that knows a token."""
        self.root = root
        self._environment = {**_inherited(), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **(secrets or {})}
        self.prefix = self.run("rev-parse", "--show-prefix").rstrip("\n")

    def run(self, *arguments: str, data: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """What git says. Raises GitFault."""
        return self.raw(*arguments, data=data, env=env).decode(errors="surrogateescape")

    def raw(self, *arguments: str, data: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        """What git answers, as it is. Raises GitFault."""
        done = self._start(arguments, data, env)
        if done.returncode:
            raise GitFault(_reason(done.stderr, done.returncode))
        return done.stdout

    def asked(self, *arguments: str) -> str | None:
        """What git says without the line end, or None where it has no answer."""
        done = self._start(arguments, None, None)
        return done.stdout.decode(errors="surrogateescape").rstrip("\n") if done.returncode == 0 else None

    def is_ancestor(self, old: str, new: str) -> bool:
        """`new` holds all of `old`."""
        return self.asked("merge-base", "--is-ancestor", old, new) is not None

    def merge_tree(self, ours: str, theirs: str) -> tuple[str, list[str]]:
        """Id of the tree of two commits merged, and the paths in conflict, which have git's markers in them."""
        done = self._start(
            ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs], None, None
        )
        if done.returncode not in (0, 1):
            raise GitFault(_reason(done.stderr, done.returncode))
        tree, *paths = done.stdout.decode(errors="surrogateescape").rstrip("\0").split("\0")
        return tree, sorted({path.removeprefix(self.prefix) for path in paths if path})

    def merges(self, ours: str, theirs: str) -> bool:
        """Two commits can be merged without a conflict."""
        return not self.merge_tree(ours, theirs)[1]

    def blob(self, commit: str, path: str) -> str:
        """Id of a file in a commit; empty if it has none there."""
        return self.asked("rev-parse", "--verify", "--quiet", f"{commit}:{self.prefix}{path}") or ""

    def blobs(self, commit: str, below: str) -> dict[str, str]:
        """Path → id of all files of a commit below a directory."""
        out = self.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", f":(top,literal){self.prefix}{below}")
        found = {}
        for line in filter(None, out.split("\0")):
            kind, path = line.split("\t", 1)
            found[path.removeprefix(self.prefix)] = kind.split()[2]
        return found

    def read(self, commit: str, path: str) -> bytes:
        """A file of a commit as a checkout would have it. Raises GitFault if it is not there."""
        return self.raw("cat-file", "--filters", f"{commit}:{self.prefix}{path}")

    def store(self, path: str, text: bytes) -> str:
        """Id of a new object for a file, as `git add` would make it."""
        return self.run("hash-object", "-w", "--stdin", f"--path={path}", data=text).strip()

    def tree(self, commit: str, files: Mapping[str, str], gone: Sequence[str] = ()) -> str:
        """Id of the tree of `commit` (or a tree) with `files` (path → object) in it and without `gone`."""
        lines = [f"0 {'0' * 40}\t{self.prefix}{path}" for path in gone]
        lines += [f"{_FILE} {blob}\t{self.prefix}{path}" for path, blob in files.items()]
        with tempfile.TemporaryDirectory(prefix="pipeline-") as directory:
            index = {"GIT_INDEX_FILE": str(Path(directory) / "index")}
            self.run("read-tree", commit, env=index)
            entries = "\0".join([*lines, ""]).encode(errors="surrogateescape")
            self.run("update-index", "-z", "--index-info", data=entries, env=index)
            return self.run("write-tree", env=index).strip()

    def commit(self, tree: str, parents: Sequence[str], message: str, author: tuple[str, str] | None) -> str:
        """Id of a new commit by `author` (name, address), or by whom git is configured for."""
        if author:
            by = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _person(author)}
        else:
            by = {}
        above = [part for parent in parents for part in ("-p", parent)]
        return self.run("commit-tree", tree, *above, "-F", "-", data=message.encode(), env=by).strip()

    def refs(self, prefix: str) -> dict[str, str]:
        """Name → commit of all refs below a prefix, without the prefix."""
        out = self.run("for-each-ref", "--format=%(objectname) %(refname)", prefix)
        pairs = (line.split(" ", 1) for line in out.splitlines())
        return {name.removeprefix(prefix): commit for commit, name in pairs}

    def set_ref(self, name: str, commit: str, before: str | None = None) -> None:
        """Let a ref name a commit; only if it named `before` (empty: if it was not there). Raises GitFault."""
        expected = [] if before is None else [before or "0" * 40]
        self.run("update-ref", "--create-reflog", "-m", "pipeline propose", name, commit, *expected)

    def _start(
        self, arguments: Sequence[str], data: bytes | None, env: Mapping[str, str] | None
    ) -> subprocess.CompletedProcess[bytes]:
        command = ["git", "-C", str(self.root), "-c", "core.hooksPath=/dev/null", *arguments]
        try:
            return subprocess.run(
                command,
                input=data if data is not None else b"",
                capture_output=True,
                check=False,
                timeout=_SECONDS,
                env={**self._environment, **(env or {})},
            )
        except OSError as error:
            raise GitFault(f"git cannot be run: {error.strerror}.", remedy="Install git.") from error
        except subprocess.TimeoutExpired as error:
            raise GitFault(f"git {arguments[0]} took more than {_SECONDS:.0f} seconds.") from error


def _inherited() -> dict[str, str]:
    """Our environment without what would point git at another repository or index."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or _kept(name)}


def _kept(name: str) -> bool:
    return "CONFIG" in name or "SSH" in name or "SSL" in name or name.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_"))


def _person(author: tuple[str, str]) -> list[tuple[str, str]]:
    return [("NAME", author[0]), ("EMAIL", author[1])]


_REMEDIES = {
    "not a git repository": "Run `git init`, or use `pipeline approve`, which needs no git.",
    "Please tell me who you are": "Set `[review] author`, or git's `user.name` and `user.email`.",
    "empty ident name": "Set `[review] author`, or git's `user.name` and `user.email`.",
    "could not read Username": "Give git a login for the remote, or the token's environment variable.",
    "Authentication failed": "Check the token, and that it may write to the repository.",
    "Could not resolve host": "Check the network and the remote's address.",
    "dubious ownership": "Make the checkout yours, or add it to git's `safe.directory`.",
}


def _reason(stderr: bytes, code: int) -> str:
    """Git's own reason in one line."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    wanted = [line for start in ("!", "fatal:", "remote:", "error:") for line in lines if line.startswith(start)]
    text = _LOGIN.sub("://", " ".join((wanted or lines or [f"git ended with {code}."])[:3]))
    remedy = next((remedy for part, remedy in _REMEDIES.items() if part in "\n".join(lines)), "")
    return f"{text} {remedy}".strip()
