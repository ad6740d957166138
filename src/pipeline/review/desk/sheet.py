"""A draft as a sheet of rows: the English, the translation beside it, and what stood there before."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.config import Settings
from pipeline.content import Pair, Post, parse_post, read_front_matter, replace_fields
from pipeline.errors import ContentError, DraftError
from pipeline.markdown import Unit
from pipeline.translation.beads import Bead, document_beads
from pipeline.translation.checks import Finding, Page, Shared, check_page
from pipeline.translation.document import Document, Mark, mark_text, without_field_mark, without_marks
from pipeline.translation.glossary import Glossary
from pipeline.translation.leads import blank, lead_of
from pipeline.translation.slots import Layout, lay_out

__all__ = ["Row", "Sheet"]

_LINE_END = re.compile(r"\r\n?|\n")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ONE_LINE = {"heading", "cell", "term"}


@dataclass(frozen=True, slots=True)
class Row:
    """Units of the English and of the draft that stand for each other; one side may be empty.

    `key` names the row as long as the English stays; `text` is what the draft has, without marks and without what the
    containers put before its lines; `before` are the English and the translation that were approved last, None where
    there was none. `changed`: a person has to look at it.
    """

    key: str
    kind: str
    line: int
    bead: Bead
    english: str
    text: str
    before: tuple[str, str] | None
    mark: Mark | None
    changed: bool

    @property
    def digest(self) -> str:
        """Equal for rows that say the same: what was accepted once need not be read again."""
        return hashlib.sha256(f"{self.english}\0{self.text}".encode()).hexdigest()[:24]


class Sheet:
    """One version of a draft. It never changes: an edit makes another one."""

    def __init__(self, settings: Settings, pair: Pair) -> None:
        """Raises DraftError if there is no draft with its snapshot, ContentError if it cannot be read."""
        if pair.fault:
            raise pair.fault
        if pair.draft is None or pair.draft_snapshot is None:
            raise DraftError(
                f"there is no draft of `{pair.key}`.",
                remedy="It may have been approved meanwhile. `pipeline status` tells.",
            )
        self.settings, self.pair = settings, pair
        self.draft: Post = pair.draft
        self.snapshot: Post = pair.draft_snapshot

    @cached_property
    def version(self) -> str:
        """Names the bytes of the draft and of its snapshot."""
        return hashlib.sha256(f"{self.draft.text}\0{self.snapshot.text}".encode()).hexdigest()[:16]

    @cached_property
    def english(self) -> Document:
        """The English that is translated."""
        return self._document(self.snapshot)

    @cached_property
    def chinese(self) -> Document:
        """The draft."""
        return self._document(self.draft)

    def _document(self, post: Post) -> Document:
        return Document.of(post, self.settings.translation.fields)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """In the order of the draft; what is not translated, such as code, has none as long as it is the same."""
        return tuple(self._rows())

    def row(self, key: str) -> Row:
        """Raises DraftError for a row that is gone."""
        for row in self.rows:
            if row.key == key:
                return row
        raise DraftError("this part of the draft is gone.", remedy="Load the page again.")

    def _rows(self) -> Iterator[Row]:
        layout = self._layout()
        line = 1
        for bead in document_beads(self.english, self.chinese):
            ours = [self.english.units[i] for i in bead.source]
            theirs = [self.chinese.units[j] for j in bead.target]
            line = theirs[0].line if theirs else line
            english, text = _shown(self.english, bead.source), _shown(self.chinese, bead.target)
            if not any(unit.segments for unit in (*ours, *theirs)) and english == text:
                continue
            before = self._before(layout, bead)
            mark = next((self.chinese.marks[j] for j in bead.target if j in self.chinese.marks), None)
            key = str(bead.source.start) if bead.source else f"+{bead.target.start}"
            changed = mark is not None or before != (english, text)
            yield Row(key, _kind((ours or theirs)[0]), line, bead, english, text, before, mark, changed)

    def _layout(self) -> Layout:
        live = self.pair.target and self.pair.snapshot
        if not live or self.pair.target is None or self.pair.snapshot is None:
            return lay_out(self.english, None, None)
        return lay_out(self.english, self._document(self.pair.snapshot), self._document(self.pair.target))

    def _before(self, layout: Layout, bead: Bead) -> tuple[str, str] | None:
        """What was approved for the English of a row."""
        if layout.old is None or layout.base is None:
            return None
        matches = [layout.matches[i] for i in bead.source if i in layout.matches]
        former = next((layout.former[i] for i in bead.source if layout.former.get(i)), None)
        if not matches or former is None:
            return None
        old = range(matches[0].old, matches[-1].old + 1)
        return _shown(layout.old, old), _shown(layout.base, former)

    def edited(self, row: Row, text: str, *, finished: bool = False) -> Sheet:
        """The sheet with other text in a row; when that is `finished`, without its mark. Raises ContentError if no file
        could be so.
        """
        clean = _LINE_END.sub("\n", _NO_TEXT.sub("", text)).strip("\n")
        written = self._written(row, clean, None if finished else row.mark)
        post = parse_post(self.draft.path.parents[len(self.draft.file.parts) - 1], self.draft.file, written)
        pair = self.pair
        made = Pair(pair.key, pair.locale, pair.source, pair.target, pair.snapshot, post, self.snapshot)
        return Sheet(self.settings, made)

    def _written(self, row: Row, text: str, mark: Mark | None) -> str:
        whole = self.draft.text
        if not row.bead.target:
            return self._inserted(row, text)
        first, last = self.chinese.units[row.bead.target[0]], self.chinese.units[row.bead.target[-1]]
        if first.kind != "field":
            tail = mark_text(mark) if mark else ""
            return f"{whole[: first.start]}{self._hung(first, text)}{tail}{whole[last.end :]}"
        field = self.chinese.fields[row.bead.target[0]]
        if not mark:
            whole = without_field_mark(whole, field)
        if text == field.value:
            return whole
        return replace_fields(whole, read_front_matter(whole, self.draft.path), {field: text})

    def _hung(self, unit: Unit, text: str) -> str:
        """A text with what its lines begin with in the draft."""
        if _kind(unit) in _ONE_LINE:
            return " ".join(text.split("\n"))
        begin = blank(lead_of(self.chinese, unit))
        line_end = "\r\n" if "\r\n" in self.draft.text else "\n"
        first, *rest = text.split("\n")
        return line_end.join([first, *((begin + line).rstrip() if not line else begin + line for line in rest)])

    def _inserted(self, row: Row, text: str) -> str:
        """Text for English that the draft leaves out, behind what stands before it."""
        if self.english.units[row.bead.source.start].kind == "field":
            raise ContentError(
                "a field that the draft's front matter lacks cannot be written here.",
                path=self.draft.path,
                remedy="Add it in the file.",
            )
        whole = self.draft.text
        before = [other.bead.target[-1] for other in self.rows if other.bead.target and _stands_before(other, row)]
        behind = self.chinese.units[before[-1]] if before else None
        at = behind.end if behind and behind.kind != "field" else self.draft.front.body
        return f"{whole[:at].rstrip()}\n\n{text}\n\n{whole[at:].lstrip()}"

    def findings(self, glossary: Glossary) -> tuple[dict[str, list[Finding]], list[Finding]]:
        """What the checks say, by the keys of the rows, and what belongs to none."""
        page = Page(
            self.draft,
            self.snapshot,
            locale=self.pair.locale,
            language=self.settings.language(self.pair.locale),
            file=str(self.draft.path),
            shared=Shared(self.settings.translation.fields, glossary),
        )
        found, _ = check_page(page, self.settings.checks.model_dump(exclude_none=True))
        by_row: dict[str, list[Finding]] = {}
        rest = []
        for finding in found:
            row = next((row for row in self.rows if finding.line in self._lines(row)), None)
            if row is None:
                rest.append(finding)
            else:
                by_row.setdefault(row.key, []).append(finding)
        return by_row, rest

    def _lines(self, row: Row) -> range:
        """The lines of the draft that a row covers, from 1."""
        if not row.bead.target:
            return range(0)
        last = self.chinese.units[row.bead.target[-1]]
        return range(row.line, self.draft.text.count("\n", 0, last.end) + 2)


def _kind(unit: Unit) -> str:
    """Headings of all levels are headings."""
    return unit.kind.rstrip("0123456789")


def _stands_before(other: Row, row: Row) -> bool:
    return bool(other.bead.source) and other.bead.source.start < row.bead.source.start


def _shown(document: Document, units: range) -> str:
    """Some units as a person edits them: no marks, and no quote marks or indentation before their lines."""
    if not units:
        return ""
    first, last = document.units[units[0]], document.units[units[-1]]
    if first.kind == "field":
        return first.source
    begin = blank(lead_of(document, first))
    first_line, *rest = _LINE_END.split(without_marks(document.text[first.start : last.end]))
    return "\n".join([first_line, *(line.removeprefix(begin) if begin else line for line in rest)])
