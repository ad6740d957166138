"""What the commands print: results on stdout, progress on stderr. Colours say nothing that the words do not."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from pipeline.console import colours, complain, shown
from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.config import Settings
    from pipeline.doctor import Finding
    from pipeline.explain import Stage
    from pipeline.publishing import PublishReport
    from pipeline.review import ApprovalReport
    from pipeline.site import BuildReport
    from pipeline.translation import Counts, PostState, TranslationReport

__all__ = [
    "approval",
    "built",
    "findings",
    "progress",
    "publication",
    "rebuilt",
    "served",
    "stages",
    "states",
    "translation",
]

AT_REST = ("current", "excluded")
_COLOURS = {"missing": "yellow", "stale": "yellow", "moved": "yellow", "in review": "cyan", "current": "green"}
_COLOURS |= {"orphaned": "magenta", "foreign": "magenta", "unreadable": "red"}
_PAUSE = 0.1  # seconds from one word of a bar to the next
_ORIGINS = {
    "kept": "kept",
    "memory": "from the memory",
    "adapted": "adapted",
    "fuzzy": "from a similar text",
    "machine": "by the engine",
    "untranslated": "left as they were",
}
_ACTIONS = 200


def states(rows: Sequence[PostState], *, everything: bool, fine: bool) -> None:
    """`pipeline status`: what needs somebody, and how much does not. `fine`: every post can be read."""
    if not rows:
        click.echo("There are no posts." if fine else "There are no posts that can be read.")
        return
    table = [
        (row.post, row.locale, row.state, f"{row.changed}/{row.segments}", row.reason)
        for row in rows
        if everything or row.state not in AT_REST
    ]
    if table:
        _table(("post", "locale", "state", "changed", "why"), table, state=2)
        click.echo()
    number = Counter(row.state for row in rows)
    told = ", ".join(f"{count} {state}" for state, count in number.most_common())
    click.echo(f"{_count(len(rows), 'translation')}: {told}." + (" Nothing to do." if fine and not table else ""))


def translation(report: TranslationReport, root: Path, *, dry_run: bool) -> None:
    """`pipeline translate`: each post and where its segments came from, what is left to do, what the engine did."""
    if not report.posts and not report.failed:
        click.echo("Nothing to translate.")
    for post in report.posts:
        click.echo(f"{post.post} ({post.locale}): {_count(post.counts.total, 'segment')}: {_origins(post.counts)}")
        if post.draft:
            click.echo(f"  {'wrote' if post.written else 'unchanged:'} {shown(root / post.draft)}")
        for problem in post.problems:
            click.echo(f"  {shown(root / post.draft)}:{problem.line}: {problem.message}")
    usage = report.engine
    if usage.name and dry_run:
        requests = _count(usage.requests, "request")
        money = f", for {usage.cost:.2f} {usage.currency}" if usage.cost is not None else ""
        click.echo(f"{usage.name} would be sent {_count(usage.characters, 'character')} in {requests}{money}.")
    elif usage.name:
        retries = f", {usage.retries} of them repeated" if usage.retries else ""
        sent = f"{_count(usage.requests, 'request')}{retries}, {_count(usage.characters, 'character')}"
        money = f", {usage.cost:.2f} {usage.currency}" if usage.cost is not None else ""
        click.echo(f"{usage.name}: {sent}{money}.")


def approval(report: ApprovalReport, drafts: Callable[[str], Path]) -> None:
    """`pipeline approve`: what went live, and what did not, and why. `drafts` is where the drafts of a locale are."""
    for key, locale in report.approved:
        click.echo(f"approved {key} ({locale})")
    for refusal in report.refused:
        names = [drafts(refusal.locale) / f"{refusal.post}{end}" for end in ("/index.md", ".md")]
        where = shown(next((name for name in names if name.is_file()), names[-1]))
        click.echo(f"not approved {refusal.post} ({refusal.locale}): {where}:{refusal.line}: {refusal.reason}")
    if not report.approved and not report.refused:
        click.echo("There are no drafts.")


def built(report: BuildReport, out: Path) -> None:
    """`pipeline build`."""
    click.echo(
        f"{_count(report.pages, 'page')} in {shown(out)}: {_count(report.written, 'file')} written, "
        f"{report.unchanged} unchanged, {report.removed} removed, in {report.seconds:.1f} s"
    )


def stages(post: str, rows: Sequence[Stage]) -> None:
    """`pipeline explain`."""
    click.echo(post)
    _table(("stage", "locale", "state", "why"), [(row.stage, row.locale, row.state, row.why) for row in rows], state=2)


def publication(report: PublishReport, target: str, *, rollback: bool = False) -> None:
    """`pipeline publish` and `rollback`: what each object needed and why, then the sum."""
    verb = "restore" if rollback else "upload"
    rows = [(verb if act.kind == "upload" else act.kind, act.reason, act.path) for act in report.actions]
    if rows:
        _table(("action", "reason", "path"), rows[:_ACTIONS], state=0)
    if len(rows) > _ACTIONS:
        click.echo(f"… and {len(rows) - _ACTIONS} more")
    would = "would be " if report.planned else ""
    release = f"; release {report.release}" if report.release and not report.planned else ""
    click.echo(
        f"{target}: {report.uploaded} {would}{verb.rstrip('e')}ed, {report.deleted} {would}deleted, "
        f"{report.unchanged} unchanged; {_count(report.requests, 'request')}{release}{report.cdn and '; '}{report.cdn}"
    )


def findings(rows: Sequence[Finding]) -> None:
    """`pipeline doctor`."""
    for row in rows:
        verdict = _painted("ok  ", "green") if row.fine else _painted("MEND", "red")
        click.echo(f"{verdict}  {row.check}: {row.says}")


def served(settings: Settings) -> Callable[[str], None]:
    """`pipeline serve`, when it answers: the home pages."""

    def ready(url: str) -> None:
        for locale in (settings.source, *settings.targets):
            prefix = settings.prefix(locale)
            click.echo(f"{url}/{prefix}{'/' if prefix else ''}  {settings.locales[locale].name}")
        click.echo("Rebuilt whenever a file changes; Ctrl-C ends it.", err=True)

    return ready


def rebuilt(outcome: BuildReport | PipelineError) -> None:
    """`pipeline serve`, after each build."""
    if isinstance(outcome, PipelineError):
        complain([outcome])
        return
    complain(outcome.warnings, "Warning")
    if outcome.written or outcome.removed:
        click.echo(f"{_count(outcome.written, 'file')} written, {outcome.removed} removed", err=True)


@contextmanager
def progress(title: str, what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, from the first word on; nothing elsewhere, where the report says it all.

    It has no thread of its own: a process that has one cannot be copied.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    bar, shown = None, 0.0

    def show(done: int, total: int) -> None:
        nonlocal bar, shown
        if bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TextColumn(what))
            bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
            bar.add_task(title, total=None)
            bar.start()
        now = time.monotonic()
        if now - shown > _PAUSE or done == total:
            bar.update(bar.task_ids[0], completed=done, total=total, refresh=True)
            shown = now

    try:
        yield show
    finally:
        if bar:
            bar.stop()


def _origins(counts: Counts) -> str:
    told = [f"{number} {_ORIGINS[name]}" for name, number in counts.to_json().items() if number and name != "total"]
    return ", ".join(told) or "no text"


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, state: int) -> None:
    """Columns as wide as their widest cell; the last one runs on. The column `state` is coloured."""
    widths = [max(_width(row[column]) for row in (header, *rows)) for column in range(len(header) - 1)]
    for row in (header, *rows):
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)]
        line = "  ".join([*cells, row[-1]]).rstrip()
        if row is not header and row[state] in _COLOURS:
            start = len("  ".join(cells[:state])) + 2
            word = line[start : start + len(row[state])]
            line = line[:start] + _painted(word, _COLOURS[row[state]]) + line[start + len(word) :]
        click.echo(line)


def _painted(text: str, colour: str) -> str:
    return click.style(text, fg=colour) if colours() else text


def _width(text: str) -> int:
    """Columns on a terminal: a Han character takes two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
