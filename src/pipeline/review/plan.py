"""What is to be done with one draft: its branch compared with it, and with what was proposed before."""

from __future__ import annotations

import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Settings
from pipeline.review.entries import Entry
from pipeline.review.git import Git
from pipeline.review.hub import Hub
from pipeline.review.proposals import Action

__all__ = ["FETCH", "TRAILER", "Step", "merged", "people_on", "plan"]

TRAILER = "Pipeline-Post"
FETCH = "Run `pipeline propose --fetch` and `pipeline translate`, then this again."


@dataclass(frozen=True, slots=True)
class Step:
    """One entry and what happens to it. `blobs` is what its branch is to have then, None to leave it."""

    entry: Entry
    branch: str
    action: Action
    reason: str = ""
    blobs: tuple[str, str] | None = None


def plan(settings: Settings, hub: Hub, entry: Entry, branch: str, *, closed: bool, again: bool) -> Step:
    """Compare. `closed`: the forge says that somebody closed it; `again` proposes it nevertheless."""
    there = hub.heads.get(branch, "")
    live = entry.files.blobs(hub.git, hub.tip)
    if live == entry.blobs:
        return Step(entry, branch, "approved", f"`{hub.base}` has it.")
    mine = _blobs(hub, entry, hub.seen.get(branch) or hub.records.get(branch))
    theirs = _blobs(hub, entry, there)
    proposed = _blobs(hub, entry, hub.records.get(branch) or there)
    if not again and (closed or not there) and proposed and proposed[1] == entry.blobs[1] != live[1]:
        return Step(
            entry, branch, "closed", _until(entry, "somebody closed it" if closed else "its branch was deleted")
        )
    if live[1] == entry.blobs[1] and mine == entry.blobs:
        return Step(entry, branch, "approved", f"`{hub.base}` has it, as its reviewer wrote it.")
    if not there or theirs == live:
        if not again and mine and mine[1] == entry.blobs[1] and live[1] != entry.blobs[1] and not there:
            return Step(entry, branch, "closed", _until(entry, "its branch was deleted"))
        return Step(entry, branch, "opened", blobs=entry.blobs)
    return _beside(settings, hub, entry, branch, theirs)


def _until(entry: Entry, how: str) -> str:
    command = f"pipeline propose {shlex.quote(entry.post)} --again"
    return f"{how}. It is proposed again when its English changes, or by `{command}`."


def _beside(settings: Settings, hub: Hub, entry: Entry, branch: str, theirs: tuple[str, str] | None) -> Step:
    """For a branch that is open: who of the two is newer, or both together."""
    if theirs == entry.blobs:
        return Step(entry, branch, "unchanged")
    if theirs is None:  # a shared branch that has other posts
        return Step(entry, branch, "updated", blobs=entry.blobs)
    seen = _blobs(hub, entry, hub.seen.get(branch))
    if seen is None:
        return _unseen(settings, hub, entry, branch, theirs)
    if seen == entry.blobs:
        return Step(entry, branch, "unchanged", "a reviewer has changed it since.")
    if seen == theirs:
        return Step(entry, branch, "updated", blobs=entry.blobs)
    text = merged(hub.git, seen[0], theirs[0], entry.blobs[0])
    snapshot = entry.blobs[1] if theirs[1] in (seen[1], entry.blobs[1]) else theirs[1]
    if text is None or (snapshot != entry.blobs[1] and entry.blobs[1] != seen[1]):
        return Step(entry, branch, "held", f"the draft and its branch were both changed in the same lines. {FETCH}")
    return Step(entry, branch, "updated", "with what a reviewer changed meanwhile.", (text, snapshot))


def _unseen(settings: Settings, hub: Hub, entry: Entry, branch: str, theirs: tuple[str, str]) -> Step:
    """The branch was never seen in this checkout, so the draft cannot hold what people changed there."""
    if theirs[1] == entry.blobs[1]:
        return Step(entry, branch, "unchanged", "the branch has a translation of this English.")
    source = entry.pair.source
    newest = hub.git.blob(hub.tip, source.path.relative_to(settings.root).as_posix()) if source else ""
    if theirs[1] == newest:
        return Step(entry, branch, "unchanged", "the branch has a translation of newer English.")
    if people_on(hub, hub.heads[branch]):
        return Step(entry, branch, "held", f"somebody has worked on the branch, and the English is newer. {FETCH}")
    return Step(entry, branch, "updated", blobs=entry.blobs)


def people_on(hub: Hub, commit: str) -> bool:
    """A branch has commits that the pipeline did not make."""
    form = f"--format=%x00%(trailers:key={TRAILER},valueonly)"
    commits = hub.git.run("log", form, commit, f"^{hub.tip}").split("\0")[1:]
    return any(not trailers.strip() for trailers in commits)


def _blobs(hub: Hub, entry: Entry, commit: str | None) -> tuple[str, str] | None:
    """The entry's files in a commit; None if it has not both."""
    found = entry.files.blobs(hub.git, commit) if commit else ("", "")
    return found if all(found) else None


def merged(git: Git, base: str, theirs: str, ours: str) -> str | None:
    """Id of a text with the changes that two texts make in `base`; None where both change the same lines."""
    with tempfile.TemporaryDirectory(prefix="pipeline-") as directory:
        names = []
        for name, blob in (("theirs", theirs), ("base", base), ("ours", ours)):
            path = Path(directory) / name
            path.write_bytes(git.raw("cat-file", "blob", blob))
            names.append(str(path))
        if git.asked("merge-file", "--quiet", *names) is None:
            return None
        text = Path(names[0]).read_bytes()
    return git.run("hash-object", "-w", "--stdin", data=text).strip()
