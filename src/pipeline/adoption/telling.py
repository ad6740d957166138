"""What `pipeline adopt` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pipeline.adoption.report import Adopted, AdoptionReport, counted

__all__ = ["told"]

_SHOWN, _PATHS = 12, 3
_METHODS = {
    "pin": "named in the front matter",
    "history": "found in git's history",
    "unchanged": "never changed since",
    "today": "today's, for want of a history",
}


def told(report: AdoptionReport, *, dry_run: bool = False) -> Iterator[str]:
    """The report as lines. Long lists are cut; --json has them whole."""
    targets = ", ".join(report.targets)
    verb = "Would adopt" if dry_run else "Adopted"
    yield f"{verb} {counted(report.posts, 'post')} in {report.source}, to be read in {targets} as well."
    yield from _pairs(report)
    yield from _list("Look at these", (f"{pair.post} ({pair.locale}): {pair.doubt}" for pair in report.doubtful))
    yield from _list("Mend these", (str(problem) for problem in report.problems))
    yield from _missing(report)
    yield from _grouped("Left out", ((entry.path, entry.reason) for entry in report.left_out))
    changed = (f"{change.path}: {change.was} → {change.now}" for change in report.mapped)
    yield from _list("Changed, because it would be lost otherwise", changed)
    yield from _counted("Front matter kept, without an effect here", report.kept)
    yield from _counted("Shortcodes that are shown as they are written", report.shortcodes)
    yield from _list("Note", report.warnings)
    if not dry_run:
        yield f"{report.written} files written, {report.unchanged} were there already."


def _pairs(report: AdoptionReport) -> Iterator[str]:
    if not report.adopted:
        return
    segments = sum(pair.segments for pair in report.adopted)
    aligned = sum(pair.aligned for pair in report.adopted)
    behind = sum(pair.behind for pair in report.adopted)
    yield (
        f"{counted(len(report.adopted), 'translation')} with the English they were made from: "
        f"{len(report.adopted) - behind} current, {behind} behind."
    )
    methods: Counter[str] = Counter(pair.method for pair in report.adopted)
    for method, words in _METHODS.items():
        if methods[method]:
            yield f"  {methods[method]:5}  {words}"
    share = 100 * aligned / segments if segments else 100
    median = _median([pair.score for pair in report.adopted])
    yield f"{aligned} of {segments} segments have a counterpart ({share:.1f} %); the median page fits to {median:.0f} %"
    lowest: Sequence[Adopted] = sorted(report.adopted, key=lambda pair: pair.score)[:3]
    if lowest[0].score < 90:
        yield "  lowest: " + ", ".join(f"{pair.post} {pair.score:.0f} %" for pair in lowest if pair.score < 90)


def _missing(report: AdoptionReport) -> Iterator[str]:
    if report.missing:
        told = ((post.path or post.post, post.reason) for post in report.missing)
        yield from _grouped(f"{counted(len(report.missing), 'translation')} missing", told)


def _grouped(title: str, entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Each reason with the paths that it is true of."""
    paths: dict[str, list[str]] = {}
    for path, reason in entries:
        paths.setdefault(reason, []).append(path)
    lines = []
    for reason, those in sorted(paths.items(), key=lambda item: -len(item[1])):
        more = f" and {len(those) - _PATHS} more" if len(those) > _PATHS else ""
        lines.append(f"{reason}: {', '.join(those[:_PATHS])}{more}")
    yield from _list(title, lines)


def _list(title: str, lines: Iterable[str]) -> Iterator[str]:
    shown = list(_cut(lines))
    if shown:
        yield f"{title}:"
        yield from shown


def _cut(lines: Iterable[str]) -> Iterator[str]:
    rest = iter(lines)
    yield from (f"  {line}" for line in islice(rest, _SHOWN))
    if more := sum(1 for _ in rest):
        yield f"  … and {more} more (--json lists all)"


def _counted(title: str, counts: Counter[str]) -> Iterator[str]:
    if counts:
        shown = ", ".join(f"{name} ({number})" for name, number in counts.most_common(_SHOWN))
        yield f"{title}: {shown}" + (f" and {len(counts) - _SHOWN} more" if len(counts) > _SHOWN else "")


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
