"""From an English post to an approved translation."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

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
from pipeline.console import DONE, ERROR, NEEDS_PERSON, complain, hint, print_json, shown

if TYPE_CHECKING:
    from pipeline.translation import TranslationReport

__all__ = ["approve", "explain", "init", "status", "translate"]

STATES = {
    "missing": "there is no translation yet",
    "stale": "the English has changed since",
    "in review": "a draft waits in drafts/",
    "moved": "the post was renamed; its translation follows",
    "foreign": "the translation was not made by the pipeline",
    "orphaned": "the English is gone",
    "current": "nothing to do",
    "excluded": "`translate: false`",
}


@click.command(cls=Command, short_help="Make a new site.", examples=["pipeline --root my-blog init"])
@click.option("--github", is_flag=True, help="Make workflows of GitHub Actions as well: translate, check, publish.")
@click.pass_obj
def init(root: Path, *, github: bool) -> None:
    """Make a new site: pipeline.toml, a glossary and a first post. Files that are there stay as they are."""
    from pipeline.scaffold import add_workflows, not_ignored, scaffold

    made = scaffold(root)
    if github:
        made += add_workflows(root, read_settings(root).source)
    for path in made:
        click.echo(f"made {shown(root / path)}")
    if not made:
        click.echo("Nothing to do: everything is there.")
    for path in not_ignored(root):
        click.echo(f"{shown(root / '.gitignore')} lacks {path}, which holds nothing to keep: add it.", err=True)
    hint(root, "status")


@click.command(
    cls=Command,
    short_help="Show what is to be translated or reviewed, and why.",
    examples=["pipeline status", "pipeline status --json"],
    terms=STATES,
)
@click.option("--all", "everything", is_flag=True, help="List what needs nothing as well.")
@json_option
@click.pass_obj
def status(root: Path, *, everything: bool, as_json: bool) -> None:
    """Show which translations need something, what state each is in, and why. --json lists all of them.

    A post that cannot be read is an error on stderr, and the exit code is 1.
    """
    from pipeline import say
    from pipeline.translation import Survey

    survey = Survey.at(root)
    states, problems = survey.states, survey.problems
    if as_json:
        print_json({"posts": [state.to_json() for state in states]})
    else:
        say.states(states, everything=everything, fine=not problems)
    complain(problems)
    found = {state.state for state in states}
    if found & {"missing", "stale", "moved"}:
        hint(root, "translate")
    elif "in review" in found:
        first = next(state.post for state in states if state.state == "in review")
        hint(root, f"approve {shlex.quote(first)}", "when you have read its draft in drafts/")
    sys.exit(ERROR if problems else DONE)


@click.command(
    cls=Command, short_help="Follow one post through every stage.", examples=["pipeline explain posts/first-page"]
)
@click.argument("post")
@json_option
@click.pass_obj
def explain(root: Path, *, post: str, as_json: bool) -> None:
    """Follow one POST through every stage: source, translation, draft, page; the state of each, and why."""
    from pipeline import say
    from pipeline.explain import UNREADABLE
    from pipeline.explain import explain as explained

    settings = read_settings(root)
    (key,) = keys(settings, [post])
    stages = explained(settings, key)
    if as_json:
        print_json({"post": key, "stages": [stage.to_json() for stage in stages]})
    else:
        say.stages(key, stages)
    sys.exit(ERROR if any(stage.state == UNREADABLE for stage in stages) else DONE)


@click.command(
    cls=Command,
    short_help="Write drafts for what changed.",
    examples=[
        "pipeline translate",
        "pipeline translate posts/foo --locale zh --engine pseudo",
        "pipeline translate --dry-run",
    ],
)
@posts_argument
@locale_option
@click.option("--engine", metavar="NAME", help="Use this engine instead of the configured ones.")
@click.option("--dry-run", is_flag=True, help="Count what would be translated and sent; send and write nothing.")
@json_option
@click.pass_obj
def translate(
    root: Path, *, posts: tuple[str, ...], locale: str | None, engine: str | None, dry_run: bool, as_json: bool
) -> None:
    """Write drafts for what changed. Segments that a person approved keep their words.

    A segment that no engine can translate stays in English in the draft, marked, and the exit code is 3. Run it again
    later, or write the translation yourself and delete the mark.
    """
    from pipeline import say
    from pipeline.review import approve_unchanged
    from pipeline.translation import translate as run
    from pipeline.translation.engines import make_engine

    settings = read_settings(root)
    check_locale(settings, locale)
    if engine is not None:
        make_engine(engine, settings.engine(engine))  # a wrong name is one even when there is nothing to translate
    wanted = keys(settings, posts)
    with say.progress("Translating", "segments") as progress:
        report = run(settings, posts=wanted, locale=locale, engine=engine, dry_run=dry_run, progress=progress)
    approved = approve_unchanged(settings, report) if not dry_run else None
    if as_json:
        print_json(report.to_json())
    else:
        say.translation(report, settings.root, dry_run=dry_run)
        if approved and approved.approved:
            say.approval(approved, settings.drafts)
    complain(report.failed)
    if not dry_run:
        _after_translating(root, report, {key for key, _ in approved.approved} if approved else set())
    if report.failed:
        sys.exit(ERROR)
    sys.exit(NEEDS_PERSON if report.needs_person else DONE)


def _after_translating(root: Path, report: TranslationReport, approved: set[str]) -> None:
    if any(post.problems for post in report.posts):
        click.echo("Unfinished: translate those lines in the drafts and delete their marks, or try again.", err=True)
    finished = [post for post in report.posts if not post.problems and post.post not in approved]
    if finished:
        draft = shown(root / finished[0].draft)
        hint(root, f"approve {shlex.quote(finished[0].post)}", f"when you have read {draft}")


@click.command(
    cls=Command,
    short_help="Make drafts that you have read live.",
    examples=["pipeline approve posts/foo", "pipeline approve --all"],
)
@posts_argument
@locale_option
@click.option("--all", "everything", is_flag=True, help="Every draft that is finished.")
@json_option
@click.pass_obj
def approve(root: Path, *, posts: tuple[str, ...], locale: str | None, everything: bool, as_json: bool) -> None:
    """Make drafts live: move them, with their snapshots, from drafts/ into content/.

    A draft with something left to do is refused, with the line; the exit code is then 3.
    """
    check_named(posts, "approve", everything=everything)
    from pipeline import say
    from pipeline.review import approve as run

    settings = read_settings(root)
    check_locale(settings, locale)
    report = run(settings, keys(settings, posts), locale=locale, everything=everything)
    if as_json:
        print_json(report.to_json())
    else:
        say.approval(report, settings.drafts)
    if report.approved:
        hint(root, "build")
    sys.exit(NEEDS_PERSON if report.refused else DONE)
