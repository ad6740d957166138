"""`pipeline archive`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.options import (
    Command,
    check_locale,
    check_named,
    json_option,
    keys,
    locale_option,
    posts_argument,
    read_settings,
)
from pipeline.console import print_json

__all__ = ["archive"]


@click.command(
    cls=Command,
    short_help="Put translations aside whose English is gone.",
    examples=["pipeline archive posts/foo", "pipeline archive --all"],
)
@posts_argument
@locale_option
@click.option("--all", "everything", is_flag=True, help="Every translation that is orphaned.")
@json_option
@click.pass_obj
def archive(root: Path, *, posts: tuple[str, ...], locale: str | None, everything: bool, as_json: bool) -> None:
    """Move translations whose English is gone, `orphaned` in the status, into archive/.

    Their snapshots, drafts and pictures go with them, and nothing is deleted. To have one back, move its files back.
    """
    check_named(posts, "archive", everything=everything)
    from pipeline.review import archive as run

    settings = read_settings(root)
    check_locale(settings, locale)
    moved = run(settings, keys(settings, posts), locale=locale, everything=everything)
    if as_json:
        print_json({"archived": [one.to_json() for one in moved]})
        return
    for one in moved:
        click.echo(f"{one.post} ({one.locale}) is in the archive:")
        for file in one.files:
            click.echo(f"  {file}")
    if not moved:
        click.echo("Nothing is orphaned.")
