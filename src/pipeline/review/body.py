"""The text of a pull request: what a reviewer needs, within what a forge takes, the most urgent first."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.review.evidence import Evidence, Witness
from pipeline.review.marks import code, compared, inline
from pipeline.review.phrases import PHRASES
from pipeline.translation.checks import Finding

__all__ = ["BEGIN", "END", "LIMIT", "Part", "body", "comment", "title", "within"]

LIMIT = 65_536  # GitHub's; in characters
BEGIN, END = "<!-- pipeline:begin -->", "<!-- pipeline:end -->"
_SPARE = 2_000
_FOLD = 12
_LONG, _SHORT, _FRAME = 700, 120, 110  # characters of a text, when there is room and when there is not; around it
_ORIGINS = ("kept", "memory", "adapted", "machine", "fuzzy", "untranslated", "edited")


@dataclass(frozen=True, slots=True)
class Part:
    """One post of a pull request; `path` is its translation's, `preview` its address or empty."""

    post: str
    locale: str
    language: str
    path: str
    evidence: Evidence
    source: str = "en"
    preview: str = ""


def title(parts: Sequence[Part], language: str) -> str:
    """One line."""
    say = PHRASES[language]
    locales = ", ".join(sorted({part.locale for part in parts}))
    if len(parts) == 1:
        return say["title"].format(post=parts[0].post, locale=locales)[:250]
    return say["titles"].format(number=len(parts), locale=locales)


def body(parts: Sequence[Part], language: str, mark: str = "", closed: str = "") -> str:
    """At most LIMIT characters of Markdown, between BEGIN and END. `mark` is a comment to know the state by, `closed`
    the address of an earlier pull request that was closed.
    """
    pen = _Pen(PHRASES[language], LIMIT - len(BEGIN) - len(END) - _SPARE)
    pen.force(*([mark] if mark else []))
    names = ", ".join(f"{part.language}" for part in {part.locale: part for part in parts}.values())
    pen.write(pen.say["intro"].format(language=inline(names)), "")
    if closed:
        pen.write(pen.say["closed before"].format(url=closed), "")
    share = max((pen.left - 600 * len(parts)) // len(parts), 0)
    for number, part in enumerate(parts):
        _part(pen, part, alone=len(parts) == 1, floor=max(pen.left - share, 0))
        if pen.full:
            pen.force(pen.say["more"].format(number=len(parts) - number - 1), "")
            break
    pen.force(*_how(pen, parts))
    return f"{BEGIN}\n{pen.text}{END}\n"


def within(existing: str, fresh: str) -> str:
    """A description with the part between BEGIN and END replaced, so that what people wrote around it stays."""
    start, end = existing.find(BEGIN), existing.rfind(END)
    if start < 0 or end < start:
        return existing
    whole = existing[:start] + fresh.strip() + existing[end + len(END) :]
    return whole if len(whole) <= LIMIT else fresh


def comment(part: Part, before: Evidence | None, language: str, opening: str) -> str:
    """What is new on a branch since a reviewer saw it: the witnesses that `before` had not, after the `opening`."""
    pen = _Pen(PHRASES[language], LIMIT - _SPARE)
    pen.write(opening, "")
    known = {(one.after, one.text) for one in before.witnesses} if before else set()
    fresh = [one for one in part.evidence.witnesses if (one.after, one.text) not in known]
    if before and fresh:
        pen.write(pen.say["new here"], "")
        _list(pen, fresh, part, floor=0)
    return pen.text


class _Pen:
    """Writes until the page is full."""

    def __init__(self, say: Mapping[str, str], room: int) -> None:
        self.say = say
        self.left, self.full, self.limit = room, False, _LONG
        self._lines: list[str] = []

    def write(self, *lines: str, floor: int = 0) -> bool:
        """All of the lines, if that leaves `floor` characters; else none of them."""
        needed = sum(len(line) + 1 for line in lines)
        if needed > self.left - floor:
            self.full = self.full or not floor
            return False
        self.force(*lines)
        return True

    def force(self, *lines: str) -> None:
        """Without asking for room; for the few lines that the spare room is for."""
        self._lines += lines
        self.left -= sum(len(line) + 1 for line in lines)

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)


def _part(pen: _Pen, part: Part, *, alone: bool, floor: int) -> None:
    evidence, say = part.evidence, pen.say
    if not alone and not pen.write(f"## {inline(part.post)} ({inline(part.locale)})", ""):
        return
    changed = evidence.total - evidence.counts["kept"]
    told = say["fresh" if evidence.fresh else "changed"].format(changed=changed, total=evidence.total)
    removed = sum(one.origin == "removed" for one in evidence.witnesses)
    pen.write(told + (" " + say["removed"].format(number=removed) if removed else ""), "")
    pen.write(*_table(pen, evidence.counts))
    pen.limit = max(_SHORT, min(_LONG, max(pen.left - floor, 0) // (2 * max(len(evidence.witnesses), 1)) - _FRAME))
    for name, why, ones, fold in _sections(evidence):
        if ones:
            pen.write(*_heading(say, name, why, len(ones), fold=fold))
            _list(pen, ones, part, floor=floor)
            if fold:
                pen.force("</details>", "")
    if evidence.findings:
        pen.write(f"### {say['findings']}", "", *(_finding(pen, finding) for finding in evidence.findings[:30]), "")


def _sections(evidence: Evidence) -> Iterator[tuple[str, str, list[Witness], bool]]:
    """(name, explanation, witnesses, folded), the most urgent first."""
    rest = list(evidence.witnesses)
    finish = [one for one in rest if one.origin in ("untranslated", "fuzzy") or _faulty(one)]
    read = [one for one in rest if one.origin == "machine" and one not in finish]
    glance = [one for one in rest if one not in finish and one not in read]
    yield "to finish", "to finish why", finish, False
    yield "to read", "", read, len(read) > _FOLD and bool(finish)
    yield "to glance", "", glance, True


def _faulty(witness: Witness) -> bool:
    return any(finding.severity == "error" for finding in witness.findings)


def _heading(say: Mapping[str, str], name: str, why: str, number: int, *, fold: bool) -> list[str]:
    if fold:
        return [f"<details><summary>{say[name]} ({number})</summary>", ""]
    return [f"### {say[name]} ({number})", "", *([say[why], ""] if why else [])]


def _list(pen: _Pen, witnesses: Sequence[Witness], part: Part, *, floor: int) -> None:
    """As many as there is room for, then how many there are more."""
    for number, one in enumerate(witnesses):
        if not pen.write(*_witness(pen, one, part), floor=floor):
            pen.force(pen.say["more"].format(number=len(witnesses) - number), "")
            return


def _witness(pen: _Pen, one: Witness, part: Part) -> list[str]:
    say = pen.say
    origin = say["fuzzy score"].format(score=one.score) if one.origin == "fuzzy" else say.get(one.origin, say["gone"])
    if one.origin == "removed":
        origin = say["gone"]
    where = [say["line"].format(line=one.line)] if one.line else []
    where += [say["fields"]] if one.kind == "field" else []
    lines = [f"**{' · '.join([*where, origin])}**", "", "<table>"]
    lines.append(f"<tr><td>{inline(part.source)}</td><td>{_two(one.before, one.after, pen.limit)}</td></tr>")
    if one.text or one.previous:
        lines.append(f"<tr><td>{inline(part.locale)}</td><td>{_two(one.previous, one.text, pen.limit)}</td></tr>")
    return [
        *lines,
        "</table>",
        "",
        *(_finding(pen, finding) for finding in one.findings),
        *([""] if one.findings else []),
    ]


def _two(before: str, after: str, limit: int) -> str:
    if before and not after:
        return f"<del>{code(before, limit)}</del>"
    return compared(before, after, limit)


def _finding(pen: _Pen, finding: Finding) -> str:
    severity = pen.say[finding.severity]
    what = pen.say["finding"].format(severity=severity, rule=inline(finding.rule))
    told = f"{inline(finding.message)} {inline(finding.remedy)}".rstrip()
    return f"* {what}, {pen.say['line'].format(line=finding.line)}: {told}"


def _table(pen: _Pen, counts: Counter[str]) -> list[str]:
    rows = [f"| {pen.say[name]} | {counts[name]} |" for name in _ORIGINS if counts[name]]
    return [f"| {pen.say['origin']} | {pen.say['number']} |", "| --- | ---: |", *rows, ""] if rows else []


def _how(pen: _Pen, parts: Sequence[Part]) -> list[str]:
    say = pen.say
    first = parts[0]
    command = f"pipeline propose {shlex.quote(first.post)} --again" if len(parts) == 1 else "pipeline propose --again"
    lines = [f"### {say['how']}", ""]
    previews = {part.preview for part in parts if part.preview}
    lines += [f"* {say['preview'].format(url=url)}" for url in sorted(previews)]
    lines += [
        f"* {say['approve']}",
        f"* {say['correct'].format(path=_plain(first.path))}",
        f"* {say['ask']}",
        f"* {say['reject'].format(command=_plain(command))}",
    ]
    return [*lines, ""]


def _plain(text: str) -> str:
    """Within backticks."""
    return text.replace("`", "'").replace("\n", " ")
