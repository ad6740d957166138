"""What the commands print: tables on stdout, progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipeline.doctor import Finding
    from pipeline.explain import Stage
    from pipeline.publishing import PublishReport
    from pipeline.translation import PostState, TranslationReport

__all__ = ["findings", "progress", "publication", "stages", "states", "translation"]


def states(rows: Sequence[PostState]) -> None:
    """`pipeline status`."""
    if not rows:
        click.echo("There are no posts. Put one into content/, or run `pipeline init`.")
        return
    table = [(row.post, row.locale, row.state, f"{row.changed}/{row.segments}", row.reason) for row in rows]
    _table(("post", "locale", "state", "changed", "why"), table)
    work = sum(row.state in {"missing", "stale", "moved"} for row in rows)
    reviews = sum(row.state == "in review" for row in rows)
    parts = [f"{work} to translate" if work else "", f"{reviews} in review" if reviews else ""]
    click.echo(f"\n{len(rows)} in all: " + (", ".join(filter(None, parts)) or "everything is current") + ".")
    if work:
        click.echo("Next: pipeline translate")
    elif reviews:
        click.echo("Next: read the drafts in drafts/, then pipeline approve POST")


def translation(report: TranslationReport, *, dry_run: bool) -> None:
    """`pipeline translate`."""
    if not report.posts:
        click.echo("Nothing to translate.")
        return
    for post in report.posts:
        counts = {name: number for name, number in post.counts.to_json().items() if number and name != "total"}
        told = ", ".join(f"{number} {name}" for name, number in counts.items()) or "no text"
        click.echo(f"{post.post} ({post.locale}): {post.counts.total} segments, {told}")
        if post.draft:
            click.echo(f"  {'wrote' if post.written else 'unchanged'} {post.draft}")
        for problem in post.problems:
            click.echo(f"  {post.draft}:{problem.line}: {problem.message}")
    usage = report.engine
    if usage.name and dry_run:
        click.echo(f"{usage.name} would be sent {usage.characters} characters in {usage.requests} requests.")
    elif usage.name:
        click.echo(f"{usage.name}: {usage.requests} requests, {usage.characters} characters, {usage.retries} repeated.")
    if not dry_run:
        finished = [post.post for post in report.posts if not post.problems]
        if finished:
            click.echo(
                f"Next: read the drafts, then pipeline approve {' '.join(finished[:3])}{' …' if finished[3:] else ''}"
            )
        if len(finished) < len(report.posts):
            click.echo("Unfinished: run pipeline translate again, or translate the lines above and delete their marks.")


def stages(post: str, rows: Sequence[Stage]) -> None:
    """`pipeline explain`."""
    click.echo(post)
    _table(("stage", "locale", "state", "why"), [(row.stage, row.locale, row.state, row.why) for row in rows])


def publication(report: PublishReport, *, dry_run: bool) -> None:
    """`pipeline publish`."""
    for action in report.actions[:200]:
        click.echo(f"{action.kind:8} {action.path}  ({action.reason})")
    if len(report.actions) > 200:
        click.echo(f"… and {len(report.actions) - 200} more")
    done = "would be " if dry_run else ""
    click.echo(
        f"{report.uploaded} {done}uploaded, {report.deleted} {done}deleted, {report.unchanged} unchanged; "
        f"{report.requests} requests" + (f"; release {report.release}" if report.release and not dry_run else "")
    )


def findings(rows: Sequence[Finding]) -> None:
    """`pipeline doctor`."""
    for row in rows:
        click.echo(f"{'ok  ' if row.fine else 'MEND'} {row.check}: {row.says}")


@contextmanager
def progress(title: str, what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal; nothing elsewhere, where the report says it all."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TextColumn(what))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Columns as wide as their widest cell; the last one runs on."""
    widths = [max(_width(row[column]) for row in (header, *rows)) for column in range(len(header) - 1)]
    for row in (header, *rows):
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[-1]]).rstrip())


def _width(text: str) -> int:
    """Columns on a terminal: a Han character takes two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
