"""The pull requests of a run: what each says, and when it is made, brought up to date or closed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from pipeline.config import Settings
from pipeline.content import Library
from pipeline.errors import PipelineError
from pipeline.review.body import BEGIN, LIMIT, Part, body, comment, title, within
from pipeline.review.entries import Entry
from pipeline.review.evidence import Evidence, Workshop
from pipeline.review.forges import Forge, ForgeFault, Note, Pull
from pipeline.review.hub import Hub
from pipeline.review.marks import inline
from pipeline.review.names import preview_path
from pipeline.review.phrases import PHRASES
from pipeline.translation.checks import Finding

__all__ = ["Pulls"]

_T = TypeVar("_T")
_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


class Pulls:
    """All pull requests of a repository that are ours; without a forge there are none."""

    def __init__(self, settings: Settings, hub: Hub, forge: Forge | None, library: Library) -> None:
        """Asks for the open ones. Raises ForgeFault."""
        self.settings, self.hub, self.forge = settings, hub, forge
        self.say = PHRASES[settings.review.language]
        self.open = forge.open_pulls() if forge else {}
        self._last: dict[str, Pull | None] = {}
        self._workshop = Workshop(settings, library)
        self._fault: ForgeFault | None = None

    def of(self, branch: str) -> Pull | None:
        """The newest one of a branch that was proposed before."""
        if self.forge is None:
            return None
        if branch in self.open:
            return self.open[branch]
        if branch not in self.hub.records and branch not in self.hub.heads:
            return None
        if branch not in self._last:
            self.ready()
            self._last[branch] = self._heard(lambda forge: forge.last(branch))
        return self._last[branch]

    def number_open(self) -> int:
        """How many reviewers have before them."""
        ours = f"{self.hub.top}/"
        if self.forge is not None:
            return sum(branch.startswith(ours) for branch in self.open)
        git, tip = self.hub.git, self.hub.tip
        return sum(not git.is_ancestor(commit, tip) for commit in self.hub.heads.values())

    def show(self, branch: str, entries: Sequence[Entry], commit: str, before: str, closed: str = "") -> str:
        """Make a pull request for a branch that is at `commit` now, or bring it up to date if the branch was `before`
        somewhere else. `closed` is the address of an earlier one that this goes on from. Returns its address. Raises
        ForgeFault.
        """
        if self.forge is None:
            return ""
        pull = self.open.get(branch)
        had = pull is not None
        mark = f"<!-- pipeline:at {self.hub.records.get(branch, commit)} -->"
        if pull is not None and before == commit and (mark in pull.text or BEGIN not in pull.text):
            return pull.url
        self.ready()
        parts = [part for entry in entries if (part := self._part(entry, commit, branch)) is not None]
        language = self.settings.review.language
        heading = title(parts, language) if parts else branch
        text = body(parts, language, mark, closed) if parts else ""
        if pull is None:
            pull = self._heard(lambda forge: forge.open(branch, self.hub.base, heading, text))
            self.open[branch] = pull
        else:
            there = pull
            self._heard(lambda forge: forge.describe(there, within(there.text, text)))
        made = pull
        if before not in ("", commit) and (had or closed):
            told = "\n".join(
                self._news(entry, part, commit, before, closed) for entry, part in zip(entries, parts, strict=False)
            )
            self._heard(lambda forge: forge.comment(made, told[:LIMIT]))
        notes = [note for part in parts for note in self._notes(part, commit)]
        self._heard(lambda forge: forge.notes(made, commit, notes))
        return pull.url

    def end(self, branch: str, why: str) -> str:
        """Say `why`, and close the pull request of a branch, if it has one. Returns its address. Raises ForgeFault."""
        pull = self.open.get(branch)
        if pull is None:
            return ""
        self.ready()
        self._heard(lambda forge: forge.comment(pull, why))
        self._heard(lambda forge: forge.close(pull))
        del self.open[branch]
        return pull.url

    def _heard(self, ask: Callable[[Forge], _T]) -> _T:
        assert self.forge is not None  # noqa: S101 (who calls this has asked)
        try:
            return ask(self.forge)
        except ForgeFault as fault:
            if fault.lasting:
                self._fault = fault
            raise

    def ready(self) -> None:
        """Raises the ForgeFault after which everything else is refused."""
        if self._fault is not None:
            raise self._fault

    def _part(self, entry: Entry, commit: str, branch: str) -> Part | None:
        evidence = self._evidence(entry, commit)
        if evidence is None:
            return None
        locale = self.settings.locales[entry.locale]
        url = ""
        if self.settings.review.previews:
            prefix = self.settings.prefix(entry.locale)
            url = f"{self.settings.site.base_url}/{preview_path(branch)}/{prefix}{'/' if prefix else ''}"
        return Part(entry.post, entry.locale, locale.name, entry.files.text, evidence, self.settings.source, url)

    def _evidence(self, entry: Entry, commit: str) -> Evidence | None:
        """Of what the branch has at `commit` against what is live. None if it cannot be read."""
        texts = self._texts(entry, commit)
        if texts is None:
            return None
        try:
            return self._workshop.evidence(
                entry.post, entry.locale, entry.files.text, texts, self._texts(entry, self.hub.tip)
            )
        except PipelineError:
            return None

    def _texts(self, entry: Entry, commit: str) -> tuple[str, str] | None:
        git = self.hub.git
        if not all(entry.files.blobs(git, commit)):
            return None
        try:
            return git.read(commit, entry.files.text).decode(), git.read(commit, entry.files.snapshot).decode()
        except UnicodeDecodeError:
            return None

    def _news(self, entry: Entry, part: Part, commit: str, before: str, closed: str) -> str:
        git = self.hub.git
        old = self._evidence(entry, before)
        english = git.blob(before, entry.files.snapshot) != git.blob(commit, entry.files.snapshot)
        why = "reopened" if closed else "updated" if english else "updated draft"
        opening = self.say[why].format(commit=commit[:10], url=closed)
        return comment(part, old, self.settings.review.language, opening)

    def _notes(self, part: Part, commit: str) -> list[Note]:
        """Findings on lines that the forge shows as changed; it takes remarks on no others."""
        git = self.hub.git
        start = git.asked("merge-base", commit, self.hub.tip) or self.hub.tip
        diff = git.run(
            "diff",
            "--no-ext-diff",
            "--no-textconv",
            "-U3",
            start,
            commit,
            "--",
            f":(top,literal){git.prefix}{part.path}",
        )
        shown = {
            line
            for match in _HUNK.finditer(diff)
            for line in range(int(match[1]), int(match[1]) + int(match[2] if match[2] is not None else 1))
        }
        findings = [*(one for witness in part.evidence.witnesses for one in witness.findings), *part.evidence.findings]
        path = f"{git.prefix}{part.path}"
        return [Note(path, finding.line, self._remark(finding)) for finding in findings if finding.line in shown]

    def _remark(self, finding: Finding) -> str:
        what = f"**{self.say[finding.severity]}** ({inline(finding.rule)})"
        return f"{what}: {inline(finding.message)} {inline(finding.remedy)}".rstrip()
