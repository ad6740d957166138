"""From approved posts to a website on this machine, and what a run needs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.commands.options import Command, address, json_option, read_settings
from pipeline.console import DONE, ERROR, NEEDS_PERSON, complain, hint, print_json
from pipeline.errors import ContentError

__all__ = ["build", "doctor", "serve"]


@click.command(
    cls=Command,
    short_help="Render both languages into public/.",
    examples=["pipeline build", "pipeline build --drafts --out preview --base-url http://localhost:8000"],
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write here instead of public/.")
@click.option("--drafts", is_flag=True, help="Show drafts as well, each under a bar that says so.")
@click.option("--base-url", metavar="URL", callback=address, help="Address of the site, for the configured one.")
@click.option(
    "--checksum", is_flag=True, help="Read every file, even if its size and time are as after the last build."
)
@json_option
@click.pass_obj
def build(root: Path, *, out: Path | None, drafts: bool, base_url: str | None, checksum: bool, as_json: bool) -> None:
    """Render both languages into public/. Only files that differ are written, and nothing is read if none has changed.

    What is wrong with a page, such as a link that leads nowhere, is a warning, and the exit code is 3. A post that
    cannot be read is an error; its pages stay as they were, the others are built, and the exit code is 1.
    """
    from pipeline import say
    from pipeline.site import build as run

    settings = read_settings(root)
    with say.progress("Building", "articles and pages") as progress:
        report = run(settings, out=out, drafts=drafts, base_url=base_url, checksum=checksum, progress=progress)
    unreadable = [warning for warning in report.warnings if isinstance(warning, ContentError)]
    warnings = [warning for warning in report.warnings if not isinstance(warning, ContentError)]
    complain(unreadable)
    complain(warnings, "Warning")
    if as_json:
        print_json(report.to_json())
    else:
        say.built(report, out or settings.public)
    if out is None and not unreadable:
        hint(root, "publish" if settings.publish.target else "serve")
    sys.exit(ERROR if unreadable else NEEDS_PERSON if warnings else DONE)


@click.command(cls=Command, short_help="Show the site while you write.", examples=["pipeline serve --drafts"])
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 is a free one.")
@click.option("--drafts", is_flag=True, help="Show drafts as well.")
@click.pass_obj
def serve(root: Path, *, port: int, drafts: bool) -> None:
    """Show the site while you write, on this machine only: it is rebuilt when a file changes, and the page reloads.

    Ctrl-C ends it.
    """
    from pipeline import say
    from pipeline.site.serve import serve as run

    settings = read_settings(root)
    run(settings, port=port, drafts=drafts, ready=say.served(settings), built=say.rebuilt)


@click.command(cls=Command, short_help="Try what a run needs, and say what to mend.", examples=["pipeline doctor"])
@json_option
@click.pass_obj
def doctor(root: Path, *, as_json: bool) -> None:
    """Try everything a run needs, and say what to mend: configuration, posts, engines, keys, the target.

    Nothing is translated. A bucket gets one small object, which is deleted again; nothing else is written. The exit
    code is 1 if there is something to mend.
    """
    from pipeline import say
    from pipeline.doctor import examine

    findings = examine(root)
    if as_json:
        print_json({"checks": [finding.to_json() for finding in findings]})
    else:
        say.findings(findings)
    sys.exit(DONE if all(finding.fine for finding in findings) else ERROR)
