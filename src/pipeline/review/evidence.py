"""What a reviewer has to see of a draft: each segment that is not as it was approved, and how it came to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from pipeline.config import Settings
from pipeline.content import Library, Post, read_front_matter
from pipeline.content.meta import Meta
from pipeline.markdown import compose
from pipeline.translation.checks import Finding, Page, Shared, check_page
from pipeline.translation.document import Document
from pipeline.translation.draft import Draft
from pipeline.translation.glossary import Glossary, read_glossary
from pipeline.translation.known import known_memory
from pipeline.translation.memory import Memory
from pipeline.translation.slots import Layout, lay_out

__all__ = ["Evidence", "From", "Witness", "Workshop"]

From = Literal["kept", "memory", "adapted", "fuzzy", "machine", "untranslated", "edited", "removed"]
_WORST: Sequence[From] = ("untranslated", "fuzzy", "machine", "edited", "adapted", "memory", "kept")


@dataclass(frozen=True, slots=True)
class Witness:
    """One unit, or several that are translated together: English `before` and `after`, the `previous` translation and
    the `text` it has now; any may be empty. `line` is the new file's, from 1; `score` in percent, for a fuzzy match.
    """

    line: int
    kind: str
    before: str
    after: str
    previous: str
    text: str
    origin: From
    score: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """`counts` of segments by origin, what changed in the file's order, and findings that belong to nothing of that."""

    counts: Counter[str]
    witnesses: tuple[Witness, ...]
    findings: tuple[Finding, ...]
    fresh: bool

    @property
    def total(self) -> int:
        """How many segments the post has."""
        return self.counts.total()


class Workshop:
    """What the evidence of many drafts shares: the memory of each locale, and the glossary."""

    def __init__(self, settings: Settings, library: Library) -> None:
        """The library is the checkout's."""
        self.settings, self.library = settings, library
        self.glossary: Glossary = read_glossary(settings.root / "glossary.csv")
        self._memories: dict[str, Memory] = {}

    def evidence(
        self, key: str, locale: str, file: str, texts: tuple[str, str], live: tuple[str, str] | None
    ) -> Evidence:
        """Of a draft's (text, snapshot) against what is `live`, if something is. `file` is its path below the root.

        Raises PipelineError if one of them cannot be read.
        """
        fields = self.settings.translation.fields
        text, english = (Document.of(self._post(key, file, one), fields) for one in texts)
        base, old = (Document.of(self._post(key, file, one), fields) for one in live) if live else (None, None)
        draft = Draft.start(english, old, base)
        draft.resolve(self._memory(locale), self.glossary)
        findings = self._findings(text.post, english.post, locale, file)
        return _Reader(draft, lay_out(english, english, text), findings).read()

    def _post(self, key: str, file: str, text: str) -> Post:
        path = self.settings.root / file
        return Post(key, PurePosixPath(file).relative_to("content"), path, text, read_front_matter(text, path), Meta())

    def _memory(self, locale: str) -> Memory:
        if locale not in self._memories:
            self._memories[locale] = known_memory(self.settings, self.library, locale)
        return self._memories[locale]

    def _findings(self, post: Post, english: Post, locale: str, file: str) -> list[Finding]:
        shared = Shared(self.settings.translation.fields, self.glossary)
        language = self.settings.language(locale)
        page = Page(post, english, locale=locale, language=language, file=file, shared=shared)
        shared.pages = [page]
        return check_page(page, self.settings.checks.model_dump(exclude_none=True))[0]


class _Reader:
    """Reads a draft as it stands (`stands`) beside what the memory alone would make of it (`draft`)."""

    def __init__(self, draft: Draft, stands: Layout, findings: Sequence[Finding]) -> None:
        self.draft, self.layout, self.stands = draft, draft.layout, stands
        self.left = list(findings)
        self.kept = {index for slot in draft.slots() if slot.kept for index in slot.units}
        self.counts = Counter[str]()

    def read(self) -> Evidence:
        witnesses = list(self._witnesses())
        witnesses += self._removed()
        return Evidence(self.counts, tuple(witnesses), tuple(self.left), fresh=self.layout.old is None)

    def _witnesses(self) -> Iterator[Witness]:
        units = self.layout.new.units
        index = 0
        while index < len(units):
            end = index + 1
            target = self.stands.former.get(index)
            while target and end < len(units) and self.stands.former.get(end) == target:
                end += 1
            witness = self._witness(range(index, end), target)
            if witness is not None:
                yield witness
            index = end

    def _witness(self, group: range, target: range | None) -> Witness | None:
        units = self.layout.new.units
        text, previous = self._text(self.stands, target), self._text(self.layout, self._former(group))
        origin, score = self._origin(group, target, text, previous)
        segments = sum(len(units[index].segments) for index in group)
        self.counts[origin] += segments
        before, after = self._before(group), "\n\n".join(units[index].source for index in group)
        same = all(index in self.kept for index in group) and text == previous
        if same or (not segments and before == after and text == previous):
            return None
        line, last = self._lines(target)
        mine = tuple(finding for finding in self.left if line <= finding.line <= last)
        self.left = [finding for finding in self.left if finding not in mine]
        return Witness(line, units[group[0]].kind, before, after, previous, text, origin, score, mine)

    def _origin(self, group: range, target: range | None, text: str, previous: str) -> tuple[From, int]:
        base = self.stands.base
        marks = [base.marks[j] for j in target or () if base and j in base.marks]
        if any(mark.kind == "untranslated" for mark in marks):
            return "untranslated", 0
        if marks:
            return "fuzzy", min(mark.score for mark in marks)
        if all(index in self.kept for index in group):
            return ("kept" if text == previous else "edited"), 0
        found: set[From] = set()
        for index in group:
            unit = self.layout.new.units[index]
            keys = [(index, number) for number in range(len(unit.segments))]
            if not all(key in self.draft.origins for key in keys):
                return "machine", 0
            written = compose(unit, self.draft.targets.get(index, {}), self.layout.new.env)
            if index not in self.kept and unit.segments and written not in (None, text):
                return "edited", 0
            found |= {self.draft.origins[key] for key in keys}
        return next((origin for origin in _WORST if origin in found), "kept"), 0

    def _former(self, group: range) -> range | None:
        found = [self.layout.former[index] for index in group if index in self.layout.former]
        return range(min(r.start for r in found), max(r.stop for r in found)) if found else None

    def _before(self, group: range) -> str:
        old, matches = self.layout.old, self.layout.matches
        if old is None:
            return ""
        return "\n\n".join(old.units[matches[index].old].source for index in group if index in matches)

    def _text(self, layout: Layout, units: range | None) -> str:
        base = layout.base
        return "\n\n".join(base.units[index].source for index in units or ()) if base else ""

    def _lines(self, target: range | None) -> tuple[int, int]:
        base = self.stands.base
        if base is None or not target:
            return 0, -1
        last = base.units[target[-1]]
        return base.units[target[0]].line, last.line + base.text.count("\n", last.start, last.end)

    def _removed(self) -> Iterator[Witness]:
        old, base = self.layout.old, self.layout.base
        if old is None or base is None:
            return
        there = {match.old for match in self.layout.matches.values()}
        for i, j in self.layout.pairs:
            if i not in there and old.units[i].segments:
                yield Witness(0, old.units[i].kind, old.units[i].source, "", base.units[j].source, "", "removed")
