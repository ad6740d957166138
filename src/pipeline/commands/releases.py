"""The commands `releases` and `rollback`. Results go to stdout, everything else to stderr."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.options import Command, json_option, keep_option, read_settings
from pipeline.console import print_json

if TYPE_CHECKING:
    from pipeline.publishing.rollback import ReleaseInfo

__all__ = ["releases", "rollback"]


@click.command(
    cls=Command,
    short_help="List what was published: when, by whom, from which commit.",
    examples=["pipeline releases", "pipeline releases 20261123T0405 --json"],
)
@click.argument("release", required=False, metavar="[RELEASE]")
@json_option
@click.pass_obj
def releases(root: Path, *, release: str | None, as_json: bool) -> None:
    """List the releases, the newest first; of one RELEASE, every path that it changed.

    A release is `restorable` if all of its objects were kept: by the bucket's versioning, or as [publish] `keep` says.
    """
    from pipeline.publishing.rollback import releases as listed

    settings = read_settings(root)
    found = listed(settings.publish, root=settings.root)
    if release is not None:
        found = [info for info in found if info.release.startswith(release)]
        if not found:
            raise click.UsageError(f"No release begins with {release!r}; `pipeline releases` lists them.")
    if as_json:
        print_json({"releases": [info.to_json() for info in found]})
        return
    for info in found:
        click.echo(_line(info))
        if release is not None:
            _changes(info)


@click.command(
    cls=Command,
    short_help="Restore an earlier release, without building it.",
    examples=["pipeline rollback", "pipeline rollback 20261123T040506Z-1f2e3d4c --dry-run"],
)
@click.argument("release", required=False, metavar="[RELEASE]")
@click.option("--dry-run", is_flag=True, help="Show what would be done; change nothing.")
@keep_option
@click.option("--no-lock", is_flag=True, help="Use a server that ignores conditional writes all the same.")
@json_option
@click.pass_obj
def rollback(root: Path, *, release: str | None, dry_run: bool, keep: int | None, no_lock: bool, as_json: bool) -> None:
    """Bring back RELEASE, or the one before the current, by copies within the bucket.

    Only what differs is copied, and nothing is built or uploaded. The result is a new release, so that it can be rolled
    back as well. The next `pipeline publish` publishes what is built, so mend the content before that.
    """
    from pipeline import say
    from pipeline.publishing.rollback import rollback as run

    settings = read_settings(root)
    target = settings.publish if keep is None else settings.publish.model_copy(update={"keep": keep})
    report = run(target, release, dry_run=dry_run, lock=not no_lock, root=settings.root)
    if as_json:
        print_json(report.to_json())
    else:
        say.publication(report, target.target, rollback=True)


def _line(info: ReleaseInfo) -> str:
    state = "current" if info.current else "restorable" if info.restorable else "not kept"
    count = Counter((info.changes or {}).values())
    told = ", ".join(f"{count[kind]} {kind}" for kind in ("added", "changed", "removed") if count[kind])
    about = [info.by, info.commit, info.note, told or f"{info.uploaded} uploaded, {info.deleted} deleted"]
    return "  ".join([info.release, f"{state:<10}", *filter(None, about)])


def _changes(info: ReleaseInfo) -> None:
    if info.changes is None:
        click.echo("  What it changed is not known any more, because it is the oldest that is listed.")
        return
    for path, kind in sorted(info.changes.items()):
        click.echo(f"  {kind:<8} {path}")
