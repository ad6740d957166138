"""`pipeline check`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.commands.options import Command, locale_option
from pipeline.console import DONE, ERROR, NEEDS_PERSON

__all__ = ["check"]

_FORMATS = ("text", "json", "github", "sarif")


@click.command(
    cls=Command,
    short_help="Look over drafts and approved pages.",
    examples=[
        "pipeline check",
        "pipeline check posts/foo --locale zh",
        "pipeline check --format sarif > findings.sarif",
    ],
)
@click.argument("posts", nargs=-1, metavar="[POST]...")
@locale_option
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True, help="Of the report.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.pass_obj
def check(root: Path, posts: tuple[str, ...], locale: str | None, form: str, *, as_json: bool) -> None:
    """Look over drafts and approved pages: structure, numbers, terms, links, typography and more.

    Each finding names its rule, which [checks] in pipeline.toml turns off, or makes a warning or an error. A line's
    findings are ignored with `<!-- pipeline: ignore RULE: the reason -->` at the end of its paragraph. The exit code
    is 3 if there are errors; warnings leave it 0.
    """
    from pipeline.check_links import SiteLinks
    from pipeline.config import load
    from pipeline.content import Library
    from pipeline.errors import BuildError, PipelineError
    from pipeline.translation.checks import check as run
    from pipeline.translation.checks import render

    settings = load(root)
    library = Library.read(settings)
    failed: list[PipelineError] = []
    link_fault = None
    try:
        link_fault = SiteLinks(settings, library).fault
    except BuildError as fault:  # the links cannot be checked then, everything else can
        failed.append(fault)
    report = run(
        settings,
        posts,
        locale=locale,
        configured=settings.checks.model_dump(exclude_none=True),
        link_fault=link_fault,
        library=library,
    )
    failed += report.failed
    text = render(report, "json" if as_json else form)
    if text:
        click.echo(text)
    for error in failed:
        click.echo(f"Error: {error}", err=True)
    if failed:
        sys.exit(ERROR)
    sys.exit(NEEDS_PERSON if report.errors else DONE)
