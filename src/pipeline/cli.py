"""`pipeline`: the group of all commands. They are in `commands`; a result is on stdout, everything else on stderr."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from pipeline import __version__
from pipeline.commands.options import Command
from pipeline.console import Commands, Group

__all__ = ["main"]

# The module of each, in the order in which they are used; it is imported when its command is.
_MODULES = {
    "init": "pipeline.commands.content",
    "adopt": "pipeline.commands.adopt",
    "new": "pipeline.commands.new",
    "status": "pipeline.commands.content",
    "explain": "pipeline.commands.content",
    "translate": "pipeline.commands.content",
    "review": "pipeline.commands.review",
    "approve": "pipeline.commands.content",
    "archive": "pipeline.commands.archive",
    "propose": "pipeline.commands.propose",
    "preview": "pipeline.commands.preview",
    "check": "pipeline.commands.check",
    "memory": "pipeline.commands.memory",
    "build": "pipeline.commands.site",
    "serve": "pipeline.commands.site",
    "publish": "pipeline.commands.publish",
    "releases": "pipeline.commands.releases",
    "rollback": "pipeline.commands.releases",
    "doctor": "pipeline.commands.site",
    "demo": __name__,
    "up": __name__,
}


@click.group(
    cls=Group,
    commands=Commands(_MODULES),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="pipeline")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    help="Directory of pipeline.toml; the working directory if it is left out.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say more about what goes on.")
@click.pass_context
def main(ctx: click.Context, root: Path, verbose: bool) -> None:
    """Write posts in English, review machine-made Chinese drafts, publish both.

    \b
    The usual round:
      pipeline status                  what changed since the last translation
      pipeline translate               drafts for what changed, in drafts/
      pipeline approve posts/foo       a draft that you have read goes live
      pipeline build                   both languages as a website, in public/
      pipeline publish                 public/ to S3 or to a directory

    `pipeline demo` shows all of it on the content that comes along, without an account or a network. A POST is named
    as `pipeline status` does, posts/foo, or by one of its files.

    Exit codes: 0 done, or nothing to do; 1 an error; 2 wrong usage; 3 done, but something needs a person.
    """
    logging.basicConfig(format="%(message)s", level=logging.INFO if verbose else logging.WARNING, stream=sys.stderr)
    ctx.obj = root


@click.command(
    cls=Command, short_help="Run the whole job on a copy of the site, offline.", examples=["pipeline demo --once"]
)
@click.option("--once", is_flag=True, help="End by itself instead of serving until Ctrl-C.")
@click.pass_obj
def demo(root: Path, once: bool) -> None:
    """Run the main job on a copy of the site in --root: detect, translate, approve, build, publish, serve.

    It brings its own S3 server and its own Prefect, works without a network, and changes nothing outside .pipeline/.
    """
    with _importable(root):
        from flows.demo import main as run
    sys.exit(run(root.resolve(), once))


@click.command(
    cls=Command, short_help="Start Prefect with its UI, and serve the flows.", examples=["pipeline up --port 4200"]
)
@click.option("--port", type=click.IntRange(1, 65535), default=4200, show_default=True, help="Port of the UI.")
@click.pass_obj
def up(root: Path, port: int) -> None:
    """Start a Prefect server on this machine and serve the flows of the site in --root to it, until Ctrl-C.

    Open the address that it prints: *sync*, *publish*, *republish*, *preview*, *rollback* and *adopt* are there, with
    their forms, schedules and history. The history is kept in .pipeline/ and is there again the next day.
    """
    with _importable(root):
        from flows.up import main as run
    run(root, port)


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    """The flows are found beside an installed package, or in the checkout that is the root."""
    sys.path.append(str(root.resolve()))
    try:
        yield
    finally:
        sys.path.remove(str(root.resolve()))
