"""The command `publish`: from the built site to where readers find it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from pipeline.commands.options import Command, json_option, keep_option, read_settings
from pipeline.console import print_json

if TYPE_CHECKING:
    from pipeline.config import PublishSettings, Settings
    from pipeline.publishing import PublishReport

__all__ = ["publish"]


@click.command(
    cls=Command,
    short_help="Bring public/ to S3 or to a directory.",
    examples=["pipeline publish --dry-run", "pipeline publish", "pipeline publish --local"],
)
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
@click.option("--allow-deletions", is_flag=True, help="Go on even if most of the published site would be deleted.")
@click.option("--adopt", is_flag=True, help="Publish among objects that are not ours; they stay.")
@click.option("--incomplete", is_flag=True, help="Publish although the site looks half-built or far too small.")
@click.option("--verify", is_flag=True, help="List what is there, and repair what has drifted.")
@click.option("--no-lock", is_flag=True, help="Use a server that ignores conditional writes all the same.")
@keep_option
@click.option("--local", is_flag=True, help="Publish to an S3 server of its own, and show the site until Ctrl-C.")
@json_option
@click.pass_obj
def publish(root: Path, /, *, local: bool, keep: int | None, as_json: bool, **options: bool) -> None:
    """Bring public/ to the configured target: what is new or changed goes up, what is gone is deleted last.

    The target is `[publish] target` in pipeline.toml: s3://bucket, s3://bucket/prefix, or a directory. With --local it
    is an S3 server on this machine, which is gone in the end.
    """
    settings = read_settings(root)
    target = settings.publish if keep is None else settings.publish.model_copy(update={"keep": keep})
    if local:
        _show_locally(settings, target, as_json=as_json, **options)
    else:
        _publish(settings, target, as_json=as_json, **options)


def _publish(
    settings: Settings, target: PublishSettings, *, as_json: bool, no_lock: bool, **options: Any
) -> PublishReport:
    from pipeline import say
    from pipeline.publishing import publish as run

    with say.progress("Publishing", "objects") as progress:
        report = run(settings.public, target, lock=not no_lock, root=settings.root, progress=progress, **options)
    if as_json:
        print_json(report.to_json())
    else:
        say.publication(report, target.target)
    return report


def _show_locally(settings: Settings, target: PublishSettings, **options: Any) -> None:
    """The site is where its links lead: at the path of its address."""
    from pipeline.publishing.local import LocalStore

    path = urlsplit(settings.site.base_url).path.strip("/")
    with LocalStore() as store:
        if _publish(settings, store.settings(target, path), **options).planned:
            return
        with suppress(KeyboardInterrupt):
            click.echo(f"The site is at {store.website_url}/{path}{path and '/'} until Ctrl-C.", err=True)
            store.wait()
