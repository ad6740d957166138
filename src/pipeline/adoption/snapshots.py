"""Which English a translation was made from.

A pin in its front matter decides. Otherwise the translation's commits are followed from the first real one: it starts
on the English of that commit, and moves on to a later English when it carries the changes in between. A commit that
touches the translation for another reason (a typo, a reformatting of all files) therefore moves nothing. What was
said last is checked against today's English: if that says the same, it is today's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.adoption.evidence import Reading, carried, distance, same_text
from pipeline.adoption.front import Text, pins, read_text
from pipeline.adoption.history import Histories, History, Version
from pipeline.adoption.placeholders import placeholder
from pipeline.adoption.report import Method
from pipeline.errors import ContentError
from pipeline.translation.document import Document

__all__ = ["Finder", "Sheet", "Snapshot"]

# English that follows its translation within this time belongs to the same work.
_SOON = 6 * 3600
_NEVER = 1 << 62
# How far back the translation's commits are followed, and how many English versions are weighed for each.
_COMMITS, _CANDIDATES = 40, 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of today: where it is, and its text."""

    path: Path
    text: Text


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The English that was found. `commit` and `time` are of the version, empty and 0 for one that is not committed;
    `lost` is a pin that leads nowhere.
    """

    text: Text
    source: Reading
    target: Reading
    method: Method
    commit: str = ""
    time: int = 0
    lost: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """A version of the translation, the one before it, and the index of the English that its commit had (-1: none)."""

    text: Text
    before: Text | None
    english: int
    time: int


class Finder:
    """Finds snapshots; what it reads of one post is forgotten with the next."""

    def __init__(self, histories: Histories, source: str, locale: str, fields: Sequence[str]) -> None:
        self._histories = histories
        self._locales = (source, locale)
        self._fields = list(fields)
        self._texts: dict[str, tuple[str, Text] | None] = {}
        self._readings: dict[str, Reading] = {}

    def find(self, english: Sheet, target: Sheet) -> Snapshot:
        """The snapshot of one translation."""
        self._texts.clear()
        self._readings.clear()
        history, other = self._histories.of(english.path), self._histories.of(target.path)
        return _Pair(self, english, target, history, other).snapshot()

    def reading(self, text: Text, path: Path) -> Reading:
        """A text, taken apart."""
        known = self._readings.get(text.text)
        if known is None:
            known = self._readings[text.text] = Reading(Document.of(text.post(path), self._fields))
        return known

    def blob(self, history: History, name: str, path: Path) -> tuple[str, Text] | None:
        """Id and text of a blob; None if it is not there or not a text."""
        if name not in self._texts:
            self._texts[name] = None
            found = history.repository.read(name)
            with suppress(ContentError):
                if found:
                    self._texts[name] = self._texts[found[0]] = (found[0], read_text(found[1], path))
        return self._texts[name]

    def stands_in(self, english: Text, target: Text) -> bool:
        """One of two texts that belong together is a placeholder."""
        source, locale = self._locales
        return bool(placeholder(target.body, locale, english.body) or placeholder(english.body, source, target.body))


class _Pair:
    """One translation, its English, and their histories."""

    def __init__(
        self, finder: Finder, english: Sheet, target: Sheet, history: History | None, other: History | None
    ) -> None:
        self.finder, self.english, self.target = finder, english, target
        self.history, self.other = history, other
        self.today = finder.reading(english.text, english.path)
        self.versions = list(_distinct(history.versions(english.path))) if history else []
        self.theirs = list(_distinct(other.versions(target.path))) if other else []
        if self.versions and not self._committed():
            self.versions.append(Version("", _NEVER, _NEVER, self.versions[-1].path, "", ""))

    def snapshot(self) -> Snapshot:
        lost = ""
        for pin in pins(self.target.text.text, self.target.text.front):
            if found := self._pinned(pin):
                return self._settled(found, "pin", pin, 0)
            lost = pin if self.history else ""
        if not self.versions or not self.theirs or self._cut():
            return self._plain("today", lost)
        if len(self.versions) == 1:
            return self._plain("unchanged", lost)
        chosen = self._followed()
        text = self._text(chosen) if chosen is not None else None
        if chosen is None or text is None:
            return self._plain("today", lost)
        version = self.versions[chosen]
        return self._settled(text, "history", version.commit, version.time, lost)

    def _plain(self, method: Method, lost: str = "") -> Snapshot:
        return Snapshot(self.english.text, self.today, self._theirs(self.target.text), method, lost=lost)

    def _settled(self, text: Text, method: Method, commit: str, time: int, lost: str = "") -> Snapshot:
        """Today's English if it says the same; else the version, with the line ends of today's file."""
        source = self._ours(text)
        if same_text(source, self.today):
            text, source = self.english.text, self.today
        elif "\r\n" in self.english.text.text and "\r" not in text.text:
            text = read_text(text.text.replace("\n", "\r\n").encode(), self.english.path)
        return Snapshot(text, source, self._theirs(self.target.text), method, commit, time, lost)

    def _ours(self, text: Text) -> Reading:
        return self.finder.reading(text, self.english.path)

    def _theirs(self, text: Text) -> Reading:
        return self.finder.reading(text, self.target.path)

    def _pinned(self, pin: str) -> Text | None:
        if self.history is None:
            return None
        for name in dict.fromkeys(version.path for version in reversed(self.versions)):
            if found := self.finder.blob(self.history, f"{pin}:{name}", self.english.path):
                return found[1]
        return None

    def _cut(self) -> bool:
        """The history of a shallow clone begins with both files as they are: it says nothing."""
        return self.other is not None and self.other.cut(self.theirs[-1])

    def _committed(self) -> bool:
        """Whether today's English is what was committed last."""
        text = self._text(len(self.versions) - 1)
        return text is not None and _unix(text) == _unix(self.english.text)

    def _text(self, index: int) -> Text | None:
        """An English version."""
        if not self.versions[index].blob:
            return self.english.text
        if self.history is None:
            return None
        found = self.finder.blob(self.history, self.versions[index].blob, self.english.path)
        return found[1] if found else None

    def _followed(self) -> int | None:
        """The index of the English version on which the translation stands."""
        chosen: int | None = None
        last: _Step | None = None
        for last in self._steps():
            if last.english >= 0 and self._text(last.english) is None:
                return None  # a partial clone, or no text
            chosen = self._start(last) if chosen is None else self._moved(chosen, last)
        if chosen is None and last is not None:  # the English came later than the translation: it was made from it
            for index in range(len(self.versions)):
                text = self._text(index)
                if text and not self.finder.stands_in(text, last.text):
                    return index
        return chosen

    def _steps(self) -> Iterator[_Step]:
        """The versions of the translation that are followed, oldest first."""
        if self.other is None:
            return
        before: Text | None = None
        for version in self.theirs[-_COMMITS:]:
            if found := self.finder.blob(self.other, version.blob, self.target.path):
                yield _Step(found[1], before, self._beside(version), version.time)
                before = found[1]
        if before is not None and _unix(before) != _unix(self.target.text):
            yield _Step(self.target.text, before, len(self.versions) - 1, self.theirs[-1].time)

    def _beside(self, version: Version) -> int:
        """The English version that a commit of the translation had in its tree."""
        if self.history is None or self.history is not self.other:
            return max((i for i, ours in enumerate(self.versions) if ours.time <= version.time), default=-1)
        before = [index for index, ours in enumerate(self.versions) if ours.place <= version.place]
        name = self.versions[before[-1]].path if before else self.versions[0].path
        found = self.finder.blob(self.history, f"{version.commit}:{name}", self.english.path)
        newest = before[-1] if before else -1
        return max((i for i in before if found and self.versions[i].blob == found[0]), default=newest)

    def _start(self, step: _Step) -> int | None:
        """Where a translation begins: the English of its commit, or a version near it that it fits better."""
        beside = self._text(step.english) if step.english >= 0 else None
        if beside is None or self.finder.stands_in(beside, step.text):
            return None
        best = step.english
        near = [*range(best - 1, max(best - _CANDIDATES, 0) - 1, -1), *self._soon(step)]
        score = distance(self._ours(beside), self._theirs(step.text)) if near else 0
        for index in near if score else ():
            text = self._text(index)
            if text and (other := distance(self._ours(text), self._theirs(step.text))) < score:
                best, score = index, other
        return best

    def _soon(self, step: _Step) -> range:
        """English versions that were committed soon after the translation: the same work, in two commits."""
        later = step.english + 1
        while later < len(self.versions) and self.versions[later].time <= step.time + _SOON:
            later += 1
        return range(step.english + 1, later)

    def _moved(self, chosen: int, step: _Step) -> int:
        """The English version that a translation stands on after one of its commits."""
        candidates = [index for index in (*range(chosen + 1, step.english + 1), *self._soon(step)) if index > chosen]
        was = self._text(chosen)
        if not candidates or was is None or step.before is None:
            return chosen
        target, before = self._theirs(step.text), self._theirs(step.before)
        if target.words == before.words:
            return chosen
        best, most = chosen, 0.0
        for index in candidates[-_CANDIDATES:]:
            text = self._text(index)
            if text is None or same_text(self._ours(was), self._ours(text)):
                continue
            balance = carried(self._ours(was), self._ours(text), target, before)
            if balance > 0 and balance >= most:
                best, most = index, balance
        return best


def _unix(text: Text) -> str:
    return text.text.replace("\r\n", "\n")


def _distinct(versions: Sequence[Version]) -> Iterator[Version]:
    """Without those that only renamed the file or its mode."""
    last = ""
    for version in versions:
        if version.blob != last:
            yield version
        last = version.blob
