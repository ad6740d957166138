"""`pipeline propose`."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from pipeline.commands.options import (
    Command,
    check_locale,
    json_option,
    keys,
    locale_option,
    posts_argument,
    read_settings,
)
from pipeline.console import DONE, NEEDS_PERSON, print_json

if TYPE_CHECKING:
    from pipeline.review import ProposalReport

__all__ = ["ACTIONS", "propose"]

ACTIONS = {
    "opened": "its branch was made",
    "updated": "its branch got a commit with what is new",
    "unchanged": "its branch has it, or something newer",
    "approved": "it is merged",
    "closed": "somebody closed it, and its English is as it was",
    "withdrawn": "its English is gone or has another name, so its branch was deleted",
    "waiting": "enough are open",
    "held": "a person has to do something first",
    "fetched": "`--fetch`: its draft here is the branch's now",
}


@click.command(
    cls=Command,
    short_help="Bring drafts to branches for review.",
    examples=["pipeline propose", "pipeline propose posts/foo --dry-run"],
    terms=ACTIONS,
)
@posts_argument
@locale_option
@click.option("--one-branch", is_flag=True, default=None, help="Put all drafts that have no branch yet on one.")
@click.option("--again", is_flag=True, help="Propose what somebody closed.")
@click.option(
    "--fetch", "fetching", is_flag=True, help="Bring what reviewers wrote on the branches to drafts/ instead."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@json_option
@click.pass_obj
def propose(
    root: Path,
    *,
    posts: tuple[str, ...],
    locale: str | None,
    one_branch: bool | None,
    again: bool,
    fetching: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring drafts to branches, where they are reviewed; merging one approves it.

    The working tree, the index and the branch that is checked out stay as they are, and nobody's commits are
    overwritten. The exit code is 3 if something is held.
    """
    from pipeline import say
    from pipeline.review import fetch
    from pipeline.review import propose as run

    if fetching and (posts or one_branch or again):
        raise click.UsageError("--fetch takes all branches: name no posts, and neither --one-branch nor --again.")
    settings = read_settings(root)
    check_locale(settings, locale)
    if fetching:
        _finish(
            fetch(settings, locale=locale, dry_run=dry_run), as_json=as_json, dry_run=dry_run, none="Nothing is new."
        )
    with say.progress("Proposing", "drafts") as progress:
        report = run(
            settings,
            keys(settings, posts),
            locale=locale,
            dry_run=dry_run,
            one_branch=one_branch,
            again=again,
            progress=progress,
        )
    _finish(report, as_json=as_json, dry_run=dry_run, none="There are no drafts.")


def _finish(report: ProposalReport, *, as_json: bool, dry_run: bool, none: str) -> NoReturn:
    if as_json:
        print_json(report.to_json())
    else:
        _say(report, dry_run=dry_run, none=none)
    sys.exit(NEEDS_PERSON if report.needs_person else DONE)


def _say(report: ProposalReport, *, dry_run: bool, none: str) -> None:
    for proposal in report.proposals:
        reason = f": {proposal.reason}" if proposal.reason else ""
        click.echo(f"{proposal.action} {proposal.post} ({proposal.locale}) {proposal.url or proposal.branch}{reason}")
    number = Counter(proposal.action for proposal in report.proposals)
    if not number:
        click.echo(none)
        return
    click.echo(
        ", ".join(f"{count} {action}" for action, count in number.items()) + ("; nothing was done." if dry_run else ".")
    )
    first = next((one for one in report.proposals if one.action in ("opened", "updated") and not one.url), None)
    if first and not dry_run:
        _how_to_merge(report, first.branch)


def _how_to_merge(report: ProposalReport, branch: str) -> None:
    """What git itself needs to show and to merge a branch."""
    here = report.remote == "."
    name = shlex.quote(branch if here else f"{report.remote}/{branch}")
    base = shlex.quote(report.base or "HEAD")
    if not here:
        click.echo(f"Get them: git fetch {shlex.quote(report.remote)}", err=True)
        base = f"{shlex.quote(report.remote)}/{base}"
    click.echo(f"Look:     git diff {base}...{name}", err=True)
    click.echo(f"Approve:  git merge {name}", err=True)
