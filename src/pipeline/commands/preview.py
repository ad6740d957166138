"""`pipeline preview`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.options import Command, read_settings

__all__ = ["preview"]


@click.command(
    cls=Command,
    short_help="Publish a branch's site below preview/.",
    examples=["pipeline preview translations/zh/posts/foo", "pipeline preview translations/zh/posts/foo --end"],
)
@click.argument("branch")
@click.option("--end", is_flag=True, help="Remove it.")
@click.pass_obj
def preview(root: Path, *, branch: str, end: bool) -> None:
    """Build this checkout, with its drafts, and publish it below preview/BRANCH/ of the target.

    Search engines are told not to list it. The published site itself stays as it is.
    """
    from pipeline import say
    from pipeline.preview import end_preview
    from pipeline.preview import preview as run

    settings = read_settings(root)
    if end:
        number = end_preview(settings, branch)
        click.echo(f"{number} objects removed.")
        return
    with say.progress("Publishing", "objects") as progress:
        made = run(settings, branch, progress=progress)
    click.echo(f"{made.url} ({made.report.uploaded} uploaded, {made.report.deleted} deleted)")
