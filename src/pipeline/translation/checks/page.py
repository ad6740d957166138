"""A page as the rules see it: a translation, the snapshot it was made from, and what stands for what in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.content import Post
from pipeline.markdown import Unit, difference
from pipeline.translation.beads import Bead, document_beads
from pipeline.translation.checks.ignores import read_ignores
from pipeline.translation.checks.stretches import Stretch, stretches
from pipeline.translation.document import Document
from pipeline.translation.glossary import Glossary

__all__ = ["Group", "LinkFault", "Page", "Shared"]

LinkFault = Callable[["Page", str], str | None]


@dataclass(frozen=True, slots=True)
class Group:
    """Units of the source and the units that stand for them. One side may be empty."""

    source: tuple[Unit, ...]
    target: tuple[Unit, ...]
    line: int

    @property
    def simple(self) -> bool:
        """One unit for one unit."""
        return len(self.source) == len(self.target) == 1

    @property
    def paired(self) -> bool:
        """Something on both sides."""
        return bool(self.source and self.target)


@dataclass
class Shared:
    """What all pages of a run share. `link_fault` says what is wrong with an address on a page, if anything is.

    `pages` are those that are compared with each other, filled in by the run.
    """

    fields: Sequence[str] = ("title", "summary", "description")
    glossary: Glossary = field(default_factory=Glossary)
    link_fault: LinkFault | None = None
    pages: list[Page] = field(default_factory=list)
    memo: dict[str, Mapping[object, object]] = field(default_factory=dict)


class Page:
    """One translation to check. `file` is its name below the root, `language` its BCP 47 tag.

    `source` is the snapshot, None for a translation without one: then only what needs no source is checked. `post` is
    without the ignore comments of its body, which are in `ignores`.
    """

    def __init__(self, post: Post, source: Post | None, *, locale: str, language: str, file: str, shared: Shared):
        self.post, self.ignores = read_ignores(post)
        self.source = source
        self.locale, self.language, self.file, self.shared = locale, language, file, shared

    @cached_property
    def document(self) -> Document:
        """The translation's units."""
        return Document.of(self.post, self.shared.fields)

    @cached_property
    def source_document(self) -> Document | None:
        """The snapshot's units."""
        return Document.of(self.source, self.shared.fields) if self.source else None

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """What stands for what, in order; empty without a snapshot."""
        ours, theirs = self.source_document, self.document
        if ours is None:
            return ()
        groups, line = [], 1
        for bead in document_beads(ours, theirs):
            group = self._group(bead, ours, theirs, line)
            line = group.line
            groups.append(group)
        return tuple(groups)

    def _group(self, bead: Bead, ours: Document, theirs: Document, line: int) -> Group:
        target = tuple(theirs.units[index] for index in bead.target)
        return Group(tuple(ours.units[index] for index in bead.source), target, target[0].line if target else line)

    @cached_property
    def marked(self) -> frozenset[int]:
        """The positions of the units that carry a mark."""
        return frozenset(self.document.units[index].start for index in self.document.marks)

    def finished(self, group: Group) -> bool:
        """Both sides are there, and no unit of the target is marked as unfinished."""
        return group.paired and not any(unit.start in self.marked for unit in group.target)

    @cached_property
    def difference(self) -> tuple[int | None, str] | None:
        """The first difference in structure from the snapshot: (line of the file or None, words)."""
        if self.source is None:
            return None
        found = difference(self.source.body, self.post.body)
        return (None if found[0] is None else found[0] + self.post.body_line, found[1]) if found else None

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """All text of the translation, unit by unit."""
        return tuple(stretch for unit in self.document.units for stretch in self.texts_of(unit))

    @cached_property
    def _texts(self) -> dict[int, tuple[Stretch, ...]]:
        return {}

    def texts_of(self, unit: Unit) -> tuple[Stretch, ...]:
        """The stretches of one of the page's units, of either side."""
        if id(unit) not in self._texts:
            self._texts[id(unit)] = tuple(stretches(unit))
        return self._texts[id(unit)]

    def words(self, units: Sequence[Unit]) -> str:
        """The text of some units, a line each."""
        return "\n".join(stretch.words for unit in units for stretch in self.texts_of(unit))
