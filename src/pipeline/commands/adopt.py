"""`pipeline adopt`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.commands.options import Command, json_option
from pipeline.console import DONE, NEEDS_PERSON, hint, print_json

__all__ = ["adopt"]


@click.command(
    cls=Command,
    short_help="Take over a bilingual Hugo site.",
    examples=["pipeline --root my-blog adopt ../old-hugo-blog", "pipeline --root docs adopt ../site --target zh-cn"],
)
@click.argument("old", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--source", metavar="KEY", help="The language people write, as Hugo names it. Default: English.")
@click.option("--target", "targets", metavar="KEY", multiple=True, help="A translation; repeat it for more.")
@click.option("--dry-run", is_flag=True, help="Report only; write nothing.")
@json_option
@click.pass_obj
def adopt(root: Path, *, old: Path, source: str | None, targets: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Write the Hugo site in DIR into --root as a site of this pipeline. DIR is only read.

    Every translation gets the English that it was made from, found in the history of git where there is one, so that
    `pipeline status` knows what is current. Posts keep their bytes. Files in --root that differ are not overwritten.
    Exit code 3: pairs to look at, or files to mend, are in the report.
    """
    from pipeline import say
    from pipeline.adoption import adopt as run
    from pipeline.adoption.telling import told
    from pipeline.site.shortcodes import KNOWN

    with say.progress("Adopting", "posts") as progress:
        report = run(old, root, source=source, targets=targets, shortcodes=KNOWN, dry_run=dry_run, progress=progress)
    if as_json:
        print_json(report.to_json())
    else:
        for line in told(report, dry_run=dry_run):
            click.echo(line)
    hint(root, "status")
    sys.exit(NEEDS_PERSON if report.needs_person else DONE)
