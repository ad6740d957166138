"""What reviewers wrote on open branches becomes the drafts of this checkout: a translation goes on from there."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import Settings
from pipeline.content import Library, Pair, finish_pending, remove_pair, write_pair
from pipeline.review.entries import Files, on_branch
from pipeline.review.hub import Hub
from pipeline.review.names import branch_name
from pipeline.review.plan import merged
from pipeline.review.proposals import Proposal, ProposalReport
from pipeline.review.propose import alone, reach
from pipeline.review.renamed import new_name
from pipeline.translation.starts import keep_start

__all__ = ["fetch"]

_CONFLICT = "the draft here and the branch were both changed in the same lines. Keep one: edit it, or remove the draft."


def fetch(settings: Settings, *, locale: str | None = None, dry_run: bool = False) -> ProposalReport:
    """Write what the branches of proposals hold to drafts/, and remove the drafts that were merged.

    A draft that was edited here keeps its edits; where both were changed in the same lines it is `held`. Of a branch
    that was deleted, what was proposed is taken, so that it is not translated once more. Raises ReviewError.
    """
    with alone(settings):
        hub, _ = reach(settings)
        report = ProposalReport(base=hub.base, remote=hub.remote)
        locales = [locale] if locale else settings.targets
        for target in locales if not dry_run else ():
            finish_pending(settings.drafts(target))
        library = Library.read(settings)
        fetching = _Fetching(settings, hub, library, dry_run=dry_run)
        for branch in fetching.proposed:
            report.proposals += fetching.branch(branch, locales)
        report.proposals += fetching.renamed(locales)
        report.proposals += fetching.merged(locales)
    return report


class _Fetching:
    """One run of `fetch`."""

    def __init__(self, settings: Settings, hub: Hub, library: Library, *, dry_run: bool) -> None:
        self.settings, self.hub, self.git, self.library, self.dry_run = settings, hub, hub.git, library, dry_run
        self.commits = {**hub.records, **hub.heads}  # of a branch that is gone, what was proposed on it
        self.proposed = {branch: on_branch(settings, hub, self.commits[branch]) for branch in sorted(self.commits)}

    def branch(self, branch: str, locales: list[str]) -> list[Proposal]:
        """Take what a branch proposes, or what was proposed on one that is gone."""
        commit = self.commits[branch]
        return self._saw(
            branch,
            [
                self._take(branch, commit, self.library.pair(key, locale), files)
                for key, locale, files in self.proposed[branch]
                if locale in locales and key in self.library.source.posts
            ],
        )

    def renamed(self, locales: list[str]) -> Iterator[Proposal]:
        """Take what branches propose for posts that have another name by now; that one goes first."""
        library = Library.read(self.settings)
        known = {(key, locale) for found in self.proposed.values() for key, locale, _ in found}
        for branch, found in self.proposed.items():
            commit = self.commits[branch]
            gone = [one for one in found if one[1] in locales and one[0] not in library.source.posts]
            told = []
            for key, locale, files in gone:
                new = new_name(self.settings, library, self.git, commit, files, locale)
                if new is None or ((new, locale) in known and self.hub.records.get(branch) == commit):
                    continue  # deleted; or all that is there has gone on already
                here = key if key in library.drafts[locale].posts else new
                told.append(self._take(branch, commit, library.pair(here, locale), files))
            yield from self._saw(branch, told)

    def _saw(self, branch: str, found: list[Proposal | None]) -> list[Proposal]:
        """What is to be told; if nothing is left to people, the drafts here hold what the branch does."""
        told = [proposal for proposal in found if proposal is not None]
        if told and not self.dry_run and all(proposal.action != "held" for proposal in told):
            self.hub.saw(branch, self.commits[branch])
        return [proposal for proposal in told if proposal.action != "unchanged"]

    def _take(self, branch: str, commit: str, pair: Pair, files: Files) -> Proposal | None:
        """None for what is approved here, and what cannot be read there or here."""
        theirs = files.blobs(self.git, commit)
        if pair.fault or not all(theirs):
            return None
        if pair.snapshot is not None and self._blob(files.snapshot, pair.snapshot.text) == theirs[1]:
            return None  # merged, or approved otherwise
        told = Proposal(pair.key, pair.locale, branch, "fetched", "", commit)
        wanted: tuple[str, str] | None = theirs
        if pair.draft is not None and pair.draft_snapshot is not None:
            mine = self._blob(files.text, pair.draft.text), self._blob(files.snapshot, pair.draft_snapshot.text)
            wanted = self._both(branch, files, mine, theirs)
            if wanted == mine:
                return Proposal(pair.key, pair.locale, branch, "unchanged", "", commit)
        if wanted is None:
            return Proposal(pair.key, pair.locale, branch, "held", "", commit, _CONFLICT)
        if not self.dry_run:
            self._write(pair, files, commit, wanted)
        return told

    def _both(
        self, branch: str, files: Files, mine: tuple[str, str], theirs: tuple[str, str]
    ) -> tuple[str, str] | None:
        """What a draft that is here becomes; None where the two cannot be brought together."""
        known = self.hub.seen.get(branch) or self.hub.records.get(branch)
        base = files.blobs(self.git, known) if known else ("", "")
        if theirs in (mine, base):
            return mine
        if mine == base:
            return theirs
        if not all(base) or (mine[1] != base[1] and theirs[1] not in (base[1], mine[1])):
            return None
        text = merged(self.git, base[0], theirs[0], mine[0])
        return (text, mine[1] if mine[1] != base[1] else theirs[1]) if text else None

    def _write(self, pair: Pair, files: Files, commit: str, blobs: tuple[str, str]) -> None:
        post = pair.draft or pair.source
        assert post is not None  # noqa: S101 (nothing else is fetched)
        file = str(post.file)
        text, snapshot = (
            self.git.raw("cat-file", "--filters", f"--path={self.git.prefix}{path}", blob)
            for path, blob in zip((files.text, files.snapshot), blobs, strict=True)
        )
        base = self.git.asked("merge-base", commit, self.hub.tip)
        if base and self.git.blob(base, files.text):
            live = self.git.read(base, files.text)
            keep_start(self.settings, pair.locale, file, live.decode(errors="replace"))
        write_pair(self.settings.drafts(pair.locale), file, text, snapshot)

    def merged(self, locales: list[str]) -> Iterator[Proposal]:
        """Drafts that are live, as they were proposed or as their reviewer wrote them, go."""
        for locale in locales:
            for key, draft in sorted(self.library.drafts[locale].posts.items()):
                pair = self.library.pair(key, locale)
                if pair.fault or not (pair.target and pair.snapshot and pair.draft_snapshot):
                    continue
                branch = branch_name(self.hub.top, locale, key, [*self.hub.heads])
                if pair.snapshot.text == pair.draft_snapshot.text and self._proposed(branch, pair):
                    if not self.dry_run:
                        remove_pair(self.settings.drafts(locale), str(draft.file))
                    yield Proposal(key, locale, branch, "approved", reason="it is live here, so its draft was removed.")

    def _proposed(self, branch: str, pair: Pair) -> bool:
        """The draft is as it was proposed, or as it is live."""
        assert pair.draft is not None  # noqa: S101 (who calls this has asked)
        if pair.target is not None and pair.target.text == pair.draft.text:
            return True
        file = pair.draft.file
        path = (self.settings.content(pair.locale) / file).relative_to(self.settings.root).as_posix()
        known = [commit for commit in (self.hub.seen.get(branch), self.hub.records.get(branch)) if commit]
        return self._blob(path, pair.draft.text) in {self.git.blob(commit, path) for commit in known}

    def _blob(self, path: str, text: str) -> str:
        return self.git.store(path, text.encode())
