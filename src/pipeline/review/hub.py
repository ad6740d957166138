"""Where branches are proposed: the repository behind a remote, or this one."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from pipeline.errors import ReviewError
from pipeline.review.git import Git, GitFault

__all__ = ["HERE", "Hub", "Raced"]

log = logging.getLogger(__name__)

HERE = "."  # git's own name for this repository as a remote

_HEADS = "refs/heads/"
_RECORDS = "refs/pipeline/proposed/"
_SEEN = "refs/pipeline/seen/"
_BEHIND = ("stale info", "fetch first", "non-fast-forward", "cannot lock ref", "reference already exists")


class Raced(ReviewError):
    """Somebody else changed the branch meanwhile; nothing of theirs was touched."""


@dataclass
class Hub:
    """`heads` are the branches below `top` with their commits, `records` the last commit that the pipeline proposed on
    each (also of branches that are gone), `seen` those that this checkout has proposed or taken in. `tip` is the
    newest commit of the branch `base`, `start` what of it this checkout holds.
    """

    git: Git
    remote: str
    top: str
    base: str
    heads: dict[str, str] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    tip: str = ""
    start: str = ""

    @staticmethod
    def named(git: Git, remote: str) -> str:
        """The remote that is meant; empty: origin, or the only one, or this repository. Raises ReviewError."""
        known = git.run("remote").split()
        if not remote:
            return "origin" if "origin" in known else known[0] if len(known) == 1 else HERE
        if remote not in (HERE, *known):
            raise ReviewError(f"there is no remote `{remote}`.", remedy="See `git remote`, or correct [review] remote.")
        return remote

    @classmethod
    def reach(cls, git: Git, remote: str, top: str, base: str) -> Hub:
        """`remote` is as `named` gives it. `base` empty: the remote's default branch. Raises ReviewError."""
        hub = cls(git, remote, top, base)
        hub.refresh()
        return hub

    @property
    def local(self) -> bool:
        """There is no remote."""
        return self.remote == HERE

    def refresh(self) -> None:
        """Ask for everything again."""
        self.seen = self.git.refs(_SEEN)
        if self.local:
            self._read_here()
        else:
            self._read_remote()
        if not self.tip:
            raise ReviewError(
                f"there is no branch `{self.base or 'HEAD'}` to propose for.",
                remedy="Commit" + (" something first." if self.local else " and push it first, or set [review] base."),
            )
        head = self.git.asked("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        self.start = (self.git.asked("merge-base", head, self.tip) if head else None) or self.tip

    def _here(self) -> str:
        """The branch that is checked out, empty if none is."""
        return (self.git.asked("symbolic-ref", "--quiet", "HEAD") or "").removeprefix(_HEADS)

    def _read_here(self) -> None:
        self.base = self.base or self._here()
        name = f"{_HEADS}{self.base}" if self.base else "HEAD"
        self.tip = self.git.asked("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") or ""
        below = self.git.refs(f"{_HEADS}{self.top}/")
        self.heads = {f"{self.top}/{name}": commit for name, commit in below.items()}
        self.records = self.git.refs(_RECORDS)

    def _read_remote(self) -> None:
        here = self.base or self._here()
        patterns = ["HEAD", f"{_HEADS}{self.top}/*", f"{_RECORDS}*", *([f"{_HEADS}{here}"] if here else [])]
        out = self.git.run("ls-remote", "--symref", "--", self.remote, *patterns)
        found: dict[str, str] = {}
        default = ""
        for line in out.splitlines():
            what, name = line.split("\t", 1)
            if what.startswith("ref: ") and name == "HEAD":
                default = what.removeprefix("ref: ").removeprefix(_HEADS)
            elif not what.startswith("ref: "):
                found[name] = what
        if "HEAD" not in found:  # a new remote whose default branch nobody has made
            default = here if f"{_HEADS}{here}" in found else ""
        self.base = self.base or default
        self.tip = found.get(f"{_HEADS}{self.base}") or (found.get("HEAD", "") if self.base == default else "")
        self.heads = {
            name.removeprefix(_HEADS): commit
            for name, commit in found.items()
            if name.startswith(f"{_HEADS}{self.top}/")
        }
        remote = {name.removeprefix(_RECORDS): commit for name, commit in found.items() if name.startswith(_RECORDS)}
        self.records = {**self.git.refs(_RECORDS), **remote}
        wanted = {name for name, commit in found.items() if name != "HEAD" and not self._has(commit)}
        if self.tip and not self._has(self.tip):
            wanted.add(f"{_HEADS}{self.base}" if self.base else "HEAD")
        if wanted:
            names = "".join(f"{name}\n" for name in sorted(wanted)).encode()
            options = ("--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--quiet")
            self.git.run("fetch", *options, "--stdin", "--", self.remote, data=names)

    def _has(self, commit: str) -> bool:
        return self.git.asked("cat-file", "-e", f"{commit}^{{commit}}") is not None

    def put(self, branch: str, commit: str, before: str) -> None:
        """Let a branch, which has to be at `before` (empty: not there), be at `commit`, which holds all of `before`.

        Raises Raced if it is elsewhere by now, ReviewError if the remote refuses.
        """
        if self.local:
            self._check_not_checked_out(branch)
            try:
                self.git.set_ref(f"{_HEADS}{branch}", commit, before)
            except GitFault as fault:
                raise Raced(f"the branch was changed meanwhile: {fault.message}") from fault
        else:
            self._push(f"{commit}:{_HEADS}{branch}", f"--force-with-lease={_HEADS}{branch}:{before}")
        self.heads[branch] = commit
        self.remember(branch, commit)
        self.saw(branch, commit)

    def remember(self, branch: str, commit: str) -> None:
        """Keep what was proposed, for everybody who asks this repository; where it refuses that, for this checkout."""
        self.records[branch] = commit
        self.git.set_ref(f"{_RECORDS}{branch}", commit)
        if not self.local:
            try:
                self._push(f"+{commit}:{_RECORDS}{branch}")
            except ReviewError as error:
                log.warning("%s does not keep what was proposed on %s: %s", self.remote, branch, error)

    def saw(self, branch: str, commit: str) -> None:
        """The drafts of this checkout are those of `commit`."""
        self.seen[branch] = commit
        self.git.set_ref(f"{_SEEN}{branch}", commit)

    def delete(self, branch: str, before: str) -> None:
        """Delete a branch that is at `before`. Raises Raced or ReviewError."""
        if self.local:
            self._check_not_checked_out(branch)
            self.git.run("update-ref", "-d", f"{_HEADS}{branch}", before)
        else:
            self._push(f":{_HEADS}{branch}", f"--force-with-lease={_HEADS}{branch}:{before}")
        self.heads.pop(branch, None)

    def _push(self, what: str, *options: str) -> None:
        try:
            self.git.run("push", "--no-verify", "--no-signed", *options, "--", self.remote, what)
        except GitFault as fault:
            if any(word in fault.message for word in _BEHIND):
                raise Raced("the branch was changed meanwhile.", remedy="Run it again.") from fault
            raise

    def _check_not_checked_out(self, branch: str) -> None:
        for line in self.git.run("worktree", "list", "--porcelain").splitlines():
            if line == f"branch {_HEADS}{branch}":
                raise ReviewError(f"`{branch}` is checked out.", remedy="Commit there, and switch to another branch.")
