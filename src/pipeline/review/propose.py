"""Drafts become branches that others can review and merge: objects are written, then the ref; the working tree, the
index and the branch that is checked out stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from pipeline.config import Settings
from pipeline.content import Library, finish_pending
from pipeline.errors import ReviewError
from pipeline.review.approve import check_names
from pipeline.review.entries import Entry, Files, Held, entries, on_branch
from pipeline.review.forges import Forge, choose, login, where
from pipeline.review.git import Git
from pipeline.review.hub import HERE, Hub, Raced
from pipeline.review.marks import inline
from pipeline.review.names import branch_name, shared_branch
from pipeline.review.plan import FETCH, TRAILER, Step, people_on, plan
from pipeline.review.proposals import Proposal, ProposalReport
from pipeline.review.pulls import Pulls
from pipeline.review.renamed import new_name

try:
    import fcntl
except ImportError:  # Windows: there one process at a time is the user's business
    fcntl = None  # type: ignore[assignment]

__all__ = ["alone", "propose", "reach"]

_ATTEMPTS = 3


def propose(
    settings: Settings,
    posts: Sequence[str] = (),
    *,
    locale: str | None = None,
    dry_run: bool = False,
    one_branch: bool | None = None,
    again: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ProposalReport:
    """Bring the drafts of `posts` (keys; default: all) in `locale` (default: every target) to their branches.

    `dry_run` asks the remote and changes nothing; `one_branch` puts all into one, instead of as configured; `again`
    proposes what somebody closed. `progress` hears (drafts done, drafts). Raises DraftError for a post that has no
    draft, and ReviewError when the repository or the remote cannot be used; what is wrong with one draft is in the
    report, and the others go on.
    """
    with alone(settings):
        hub, forge = reach(settings)
        return _Run(settings, hub, forge, dry_run=dry_run, again=again, progress=progress).go(
            posts, locale, shared=settings.review.per == "run" if one_branch is None else one_branch
        )


class _Run:
    """One run of `propose`."""

    def __init__(
        self,
        settings: Settings,
        hub: Hub,
        forge: Forge | None,
        *,
        dry_run: bool,
        again: bool,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.settings, self.hub, self.git, self.forge = settings, hub, hub.git, forge
        self.dry_run, self.again, self.progress = dry_run, again, progress
        self.author = _author(settings.review.author)
        self.report = ProposalReport(base=hub.base, remote=hub.remote)
        self._known: dict[tuple[str, str], list[tuple[str, str, Files]]] = {}

    def go(self, posts: Sequence[str], locale: str | None, *, shared: bool) -> ProposalReport:
        locales = [locale] if locale else self.settings.targets
        if not self.dry_run:
            for target in locales:
                finish_pending(self.settings.drafts(target))
                finish_pending(self.settings.content(target))
        library = Library.read(self.settings)
        check_names(posts, locales, library)
        self.pulls = Pulls(self.settings, self.hub, self.forge, library)
        self.former = self._former(library)
        found = [one for target in locales for one in entries(self.settings, library, self.hub, posts, target)]
        for number, (branch, group) in enumerate(self._groups(found, shared=shared)):
            if self.progress:
                self.progress(number, len(found))
            if isinstance(group, Held):
                self.report.proposals.append(Proposal(group.post, group.locale, branch, "held", reason=group.reason))
            else:
                self.report.proposals += self._branch(branch, group)
        if not posts:
            self.report.proposals += self._withdraw(library, locales)
        return self.report

    def _on_branch(self, commit: str) -> list[tuple[str, str, Files]]:
        """What `on_branch` says, asked once of each commit."""
        which = commit, self.hub.tip
        if which not in self._known:
            self._known[which] = on_branch(self.settings, self.hub, commit)
        return self._known[which]

    def _former(self, library: Library) -> dict[tuple[str, str], str]:
        """(post, locale) → the branch that it had under another name. Its draft is not that branch's any more."""
        found = {}
        for branch, commit in self.hub.heads.items():
            posts = self._on_branch(commit)
            if len(posts) == 1 and posts[0][0] not in library.drafts[posts[0][1]].posts:
                _, locale, files = posts[0]
                new = new_name(self.settings, library, self.git, commit, files, locale)
                if new is not None:
                    found[new, locale] = branch
        return found

    def _groups(self, found: Sequence[Entry | Held], *, shared: bool) -> Iterator[tuple[str, list[Entry] | Held]]:
        """The branches of this run with what goes on each. A post whose branch is open stays there."""
        common = shared_branch(self.hub.top)
        together: list[Entry] = []
        there = self.hub.heads.get(common)
        joined = {(key, locale) for key, locale, _ in self._on_branch(there)} if there else set()
        for one in found:
            name = branch_name(self.hub.top, one.locale, one.post, [*self.hub.heads])
            if isinstance(one, Held):
                yield name, one
            elif name not in self.hub.heads and (shared or (one.post, one.locale) in joined):
                together.append(one)
            else:
                yield name, [one]
        if together:
            yield common, together

    def _branch(self, branch: str, group: list[Entry]) -> list[Proposal]:
        """Plan and act; when somebody was faster, plan again with what is there now."""
        for attempt in range(_ATTEMPTS):
            steps: list[Step] = []
            try:
                pull = self.pulls.of(branch)
                closed = pull.url if pull is not None and pull.state == "closed" else ""
                steps = [
                    plan(self.settings, self.hub, entry, branch, closed=bool(closed), again=self.again)
                    for entry in group
                ]
                steps = [self._within_limit(step) for step in steps]
                return self._act(branch, steps, closed)
            except Raced as raced:
                if attempt == _ATTEMPTS - 1:
                    return _held(branch, group, raced)
                self.hub.refresh()
            except ReviewError as error:
                return _held(branch, group, error)
        raise AssertionError  # pragma: no cover

    def _within_limit(self, step: Step) -> Step:
        limit = self.settings.review.max_open
        if step.action != "opened" or not limit or step.branch in self.pulls.open:
            return step
        number = self.pulls.number_open()
        if number < limit:
            return step
        return replace(step, action="waiting", reason=f"{number} are open, and [review] max_open is {limit}.")

    def _act(self, branch: str, steps: list[Step], closed: str) -> list[Proposal]:
        """Make the commit that the steps ask for, let the branch have it, and tell the forge, also of a pull request
        that was `closed` (its address). Raises Raced and ReviewError.
        """
        writing = [step for step in steps if step.blobs and step.action in ("opened", "updated")]
        there = self.hub.heads.get(branch, "")
        shown = [step for step in steps if step.action in ("opened", "updated", "unchanged")]
        if self.dry_run or not shown:
            pull = self.pulls.of(branch) if there else None
            return [_told(step, there, pull.url if pull else "") for step in steps]
        commit, before = there, there or self.hub.records.get(branch, "")
        former = self._former_ends(shown, there)
        if writing or former:
            self.pulls.ready()
            commit = self._commit(there, writing or shown, former)
            self.hub.put(branch, commit, there)
            self._remember_drafts(branch, commit, writing)
        had = branch in self.pulls.open
        url = self.pulls.show(branch, [step.entry for step in shown], commit, before, closed)
        if url and not had:
            steps = [replace(step, action="opened") if step in shown else step for step in steps]
            shown = [step for step in steps if step.action == "opened"]
        return [_told(step, commit, url if step in shown else "") for step in steps]

    def _remember_drafts(self, branch: str, commit: str, steps: Sequence[Step]) -> None:
        """What was merged with a reviewer's changes is not what the drafts of this checkout are."""
        if any(step.blobs != step.entry.blobs for step in steps):
            files = {path: blob for step in steps for path, blob in _files(step.entry, step.entry.blobs)}
            drafts = self.git.tree(commit, files)
            self.hub.saw(branch, self.git.commit(drafts, [commit], "Drafts as they are here", self.author))

    def _commit(self, there: str, steps: Sequence[Step], former: Sequence[str]) -> str:
        """A commit on top of the branch with the files of its drafts; of a new branch, on what this checkout is at.
        It has the commits `former` in its history, too.
        """
        files = {path: blob for step in steps if step.blobs for path, blob in _files(step.entry, step.blobs)}
        gone = sorted({path for step in steps if step.blobs for path in step.entry.gone} - set(files))
        parents = [there or self.hub.start]
        onto = parents[0]
        if there and (steps[0].action == "opened" or not self.git.merges(there, self.hub.tip)):
            # It was merged, or cannot be: the branch goes on from what is live, and loses nothing of its own.
            parents = [there, self.hub.tip]
            onto = self._both(there, {*files, *gone})
        tree = self.git.tree(onto, files, gone)
        return self.git.commit(tree, [*parents, *former], self._message(steps), self.author)

    def _former_ends(self, steps: Sequence[Step], there: str) -> list[str]:
        """Where the branches of the posts' former names end, if the drafts hold what stands there and this branch, at
        `there`, does not go on from it yet.
        """
        branches = [self.former.get((step.entry.post, step.entry.locale), "") for step in steps]
        ends = [(self.hub.heads[branch], self.hub.seen.get(branch)) for branch in branches if branch in self.hub.heads]
        return [end for end, seen in ends if end == seen and not (there and self.git.is_ancestor(end, there))]

    def _both(self, there: str, ours: set[str]) -> str:
        """The tree of a branch merged with its base, where nothing but our own files is in conflict."""
        tree, conflicts = self.git.merge_tree(there, self.hub.tip)
        outdated = [path for path in ours if self.git.blob(self.hub.start, path) != self.git.blob(self.hub.tip, path)]
        if outdated:
            raise ReviewError(
                f"`{self.hub.base}` has changed {min(outdated)} as well.",
                remedy="Run `git pull`, then `pipeline propose` again.",
            )
        if set(conflicts) - ours:
            raise ReviewError(
                f"the branch cannot be merged into `{self.hub.base}`: {min(set(conflicts) - ours)} is in conflict.",
                remedy=f"Merge `{self.hub.base}` into it.",
            )
        return tree

    def _message(self, steps: Sequence[Step]) -> str:
        posts = [step.entry.post for step in steps]
        first = steps[0].entry
        what = f"{first.post} ({first.locale})" if len(posts) == 1 else f"{len(posts)} posts"
        verb = "Translate" if steps[0].action == "opened" else "Bring up to date:"
        trailers = "".join(f"{TRAILER}: {step.entry.locale}/{step.entry.post}\n" for step in steps)
        return f"{verb} {what}\n\n{trailers}"

    def _withdraw(self, library: Library, locales: Sequence[str]) -> Iterator[Proposal]:
        """Branches whose every post is gone from here and from the base."""
        done = {(proposal.post, proposal.locale): proposal for proposal in self.report.proposals}
        renamed = {branch: new for new, branch in self.former.items()}
        for branch, commit in sorted(self.hub.heads.items()):
            posts = self._on_branch(commit)
            if not posts or any(locale not in locales or (key, locale) in done for key, locale, _ in posts):
                continue
            if all(self._gone(library, key, files.snapshot) for key, _, files in posts):
                key, locale, _ = posts[0]
                proposal = Proposal(key, locale, branch, "withdrawn", "", commit, "its source is gone.")
                if branch in renamed:
                    yield self._renamed(proposal, renamed[branch][0], done.get(renamed[branch]))
                else:
                    yield self._withdrawn(
                        proposal, self.pulls.say["source gone"], kept=bool(people_on(self.hub, commit))
                    )

    def _renamed(self, proposal: Proposal, new: str, heir: Proposal | None) -> Proposal:
        """The branch of a post that is `new` now, and proposed as `heir`, goes as soon as nothing of people is lost."""
        told = replace(proposal, reason=f"it is `{new}` now.")
        head = self.hub.heads.get(heir.branch) if heir else None
        if people_on(self.hub, proposal.commit) and not (head and self.git.is_ancestor(proposal.commit, head)):
            return replace(told, action="held", reason=f"{told.reason} Somebody has worked on the branch. {FETCH}")
        where = (heir.url or inline(heir.branch)) if heir else inline(new)
        return self._withdrawn(told, self.pulls.say["renamed"].format(where=where), kept=False)

    def _gone(self, library: Library, key: str, snapshot: str) -> bool:
        file = snapshot.split("/.source/", 1)[1]
        english = (self.settings.content(self.settings.source) / file).relative_to(self.settings.root).as_posix()
        return (
            key not in library.source.posts
            and not library.source.fault(key)
            and not self.git.blob(self.hub.tip, english)
        )

    def _withdrawn(self, proposal: Proposal, why: str, *, kept: bool) -> Proposal:
        """Close, saying `why`, and delete; a branch that is `kept`, as somebody has worked on it, is only closed."""
        if kept:
            reason = "its source is gone. Somebody has worked on the branch: delete it when that is of no more use."
            proposal = replace(proposal, reason=reason)
            if self.forge is None or proposal.branch not in self.pulls.open:
                return replace(proposal, action="held")
        if self.dry_run:
            return proposal
        try:
            url = self.pulls.end(proposal.branch, why)
            if not kept:
                self.hub.delete(proposal.branch, proposal.commit)
        except ReviewError as error:
            return replace(proposal, action="held", reason=str(error))
        return replace(proposal, url=url)


def reach(settings: Settings) -> tuple[Hub, Forge | None]:
    """The repository and the forge as they are now. Raises ReviewError and ConfigError."""
    git = Git(settings.root)
    remote = Hub.named(git, settings.review.remote)
    url = git.asked("remote", "get-url", remote) if remote != HERE else None
    place = where(url) if url else None
    if place is not None:
        git = Git(settings.root, login(settings, place))
    forge = choose(settings, place)
    return Hub.reach(git, remote, settings.review.branches, settings.review.base), forge


def _files(entry: Entry, blobs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(entry.files.text, blobs[0]), (entry.files.snapshot, blobs[1])]


def _told(step: Step, commit: str, url: str) -> Proposal:
    return Proposal(step.entry.post, step.entry.locale, step.branch, step.action, url, commit, step.reason)


def _held(branch: str, group: Sequence[Entry], error: ReviewError) -> list[Proposal]:
    return [Proposal(entry.post, entry.locale, branch, "held", reason=str(error)) for entry in group]


def _author(text: str) -> tuple[str, str] | None:
    name, _, address = text.partition(" <")
    return (name, address.rstrip(">")) if text else None


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """One run at a time in a checkout; between checkouts, the remote decides."""
    if fcntl is None:
        yield
        return
    settings.work.mkdir(parents=True, exist_ok=True)
    with (settings.work / "propose.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
