"""The commands. Each is a few lines: it reads the settings, calls one room, and says what happened.

stdout is the result (a table, or one JSON document with --json); everything else goes to stderr. Exit codes: 0 done,
or nothing to do; 1 an error; 2 wrong usage; 3 done, but something needs a person.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from pipeline import __version__
from pipeline.errors import PipelineError

__all__ = ["main"]

DONE, ERROR, NEEDS_PERSON = 0, 1, 3


class _Group(click.Group):
    """Errors that a user can mend are printed without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PipelineError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(ERROR)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(DONE)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pipeline")
@click.option(
    "--root", type=click.Path(path_type=Path, file_okay=False), default=".", help="Directory of pipeline.toml. [.]"
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

    `pipeline demo` shows all of it on the content that comes along, without an account or a network.

    Exit codes: 0 done, or nothing to do; 1 an error; 2 wrong usage; 3 done, but something needs a person.
    """
    logging.basicConfig(format="%(message)s", level=logging.INFO if verbose else logging.WARNING, stream=sys.stderr)
    ctx.obj = root


def _json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")(function)


def _settings(root: Path) -> Any:
    from pipeline.config import load

    return load(root)


def _print_json(data: Any) -> None:
    import json

    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _say_failures(errors: list[PipelineError]) -> None:
    for error in errors:
        click.echo(f"Error: {error}", err=True)


@main.command()
@click.pass_obj
def init(root: Path) -> None:
    """Make a new site: pipeline.toml, a glossary and a first post. Files that are there stay as they are.

    \b
    Example:  pipeline --root my-blog init
    """
    from pipeline.scaffold import scaffold

    made = scaffold(root)
    for path in made:
        click.echo(f"made {path}")
    click.echo(
        "Nothing to do: everything is there." if not made else "Next: write a post, then `pipeline status`.", err=True
    )


@main.command()
@_json_option
@click.pass_obj
def status(root: Path, as_json: bool) -> None:
    """Show for every post and language what state its translation is in, and why.

    \b
    missing     no translation yet         in review  a draft waits in drafts/
    stale       the English has changed    moved      renamed; the translation follows
    current     nothing to do              orphaned   the English is gone
    foreign     not made by the pipeline   excluded   `translate: false`

    \b
    Example:  pipeline status --json
    """
    from pipeline import say
    from pipeline.content import Library
    from pipeline.translation import detect

    settings = _settings(root)
    library = Library.read(settings)
    states = detect(settings, library)
    if as_json:
        _print_json({"posts": [state.to_json() for state in states]})
    else:
        say.states(states)
    _say_failures(list(library.problems))
    sys.exit(ERROR if library.problems else DONE)


@main.command()
@click.argument("post")
@_json_option
@click.pass_obj
def explain(root: Path, post: str, as_json: bool) -> None:
    """Follow one POST through every stage: source, translation, review, page; the state of each, and why.

    \b
    Example:  pipeline explain posts/first-page
    """
    from pipeline import say
    from pipeline.explain import explain as explained

    stages = explained(_settings(root), post)
    if as_json:
        _print_json({"post": post, "stages": [stage.to_json() for stage in stages]})
    else:
        say.stages(post, stages)


@main.command()
@click.argument("posts", nargs=-1, metavar="[POST]...")
@click.option("--locale", help="Only this target language, such as zh.")
@click.option("--engine", metavar="NAME", help="Use this engine instead of the configured ones.")
@click.option("--dry-run", is_flag=True, help="Count what would be translated and sent; send and write nothing.")
@_json_option
@click.pass_obj
def translate(
    root: Path, posts: tuple[str, ...], locale: str | None, engine: str | None, dry_run: bool, as_json: bool
) -> None:
    """Write drafts for what changed. Segments that a person approved keep their words.

    A segment that no engine can translate stays in English in the draft, marked, and the exit code is 3. Run it again
    later, or write the translation yourself and delete the mark.

    \b
    Examples:  pipeline translate
               pipeline translate posts/foo --locale zh --engine libretranslate
               pipeline translate --dry-run
    """
    from pipeline import say
    from pipeline.review import approve_unchanged
    from pipeline.translation import translate as run

    settings = _settings(root)
    with say.progress("Translating", "segments") as progress:
        report = run(settings, posts=posts, locale=locale, engine=engine, dry_run=dry_run, progress=progress)
    approved = approve_unchanged(settings, report) if not dry_run else None
    if as_json:
        _print_json(report.to_json())
    else:
        say.translation(report, dry_run=dry_run)
        for key, target in approved.approved if approved else ():
            click.echo(f"approved {key} ({target}): nothing in it is new")
    _say_failures(report.failed)
    if report.failed:
        sys.exit(ERROR)
    sys.exit(NEEDS_PERSON if report.needs_person else DONE)


@main.command()
@click.argument("posts", nargs=-1, metavar="[POST]...")
@click.option("--locale", help="Only this target language.")
@click.option("--all", "everything", is_flag=True, help="Every draft that is finished.")
@_json_option
@click.pass_obj
def approve(root: Path, posts: tuple[str, ...], locale: str | None, everything: bool, as_json: bool) -> None:
    """Make drafts live: move them, with their snapshots, from drafts/ into content/.

    A draft with something left to do is refused, with the line; the exit code is then 3.

    \b
    Examples:  pipeline approve posts/foo
               pipeline approve --all
    """
    from pipeline.review import approve as run

    if not posts and not everything:
        raise click.UsageError("Name the posts to approve, or say --all.")
    settings = _settings(root)
    _check_locale(settings, locale)
    report = run(settings, posts, locale=locale, everything=everything)
    if as_json:
        _print_json(report.to_json())
    else:
        for key, target in report.approved:
            click.echo(f"approved {key} ({target})")
        for refusal in report.refused:
            click.echo(f"not approved {refusal.post} ({refusal.locale}), line {refusal.line}: {refusal.reason}")
        if not report.approved and not report.refused:
            click.echo("There are no drafts.")
    sys.exit(NEEDS_PERSON if report.refused else DONE)


def _check_locale(settings: Any, locale: str | None) -> None:
    if locale is not None and locale not in settings.targets:
        raise click.UsageError(f"`{locale}` is not a target locale; choose from {', '.join(settings.targets)}.")


@main.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write here instead of public/.")
@click.option("--drafts", is_flag=True, help="Show drafts as well, each under a bar that says so.")
@click.option("--base-url", metavar="URL", help="Address of the site, instead of the configured one.")
@_json_option
@click.pass_obj
def build(root: Path, out: Path | None, drafts: bool, base_url: str | None, as_json: bool) -> None:
    """Render both languages into public/. Only files that differ are written.

    \b
    Examples:  pipeline build
               pipeline build --drafts --out preview --base-url http://localhost:8000
    """
    from pipeline.site import build as run

    report = run(_settings(root), out=out, drafts=drafts, base_url=base_url)
    for warning in report.warnings:
        click.echo(f"Warning: {warning}", err=True)
    if as_json:
        _print_json(report.to_json())
    else:
        click.echo(
            f"{report.pages} pages: {report.written} written, {report.unchanged} unchanged, "
            f"{report.removed} removed, in {report.seconds:.1f} s"
        )


@main.command()
@click.option("--port", default=8000, show_default=True, help="Where to listen, on this machine only.")
@click.option("--drafts", is_flag=True, help="Show drafts as well.")
@click.pass_obj
def serve(root: Path, port: int, drafts: bool) -> None:
    """Show the site while you write: it rebuilds when a file changes, and the page reloads. Ctrl-C ends it.

    \b
    Example:  pipeline serve --drafts
    """
    from pipeline.site import serve as run

    logging.getLogger("pipeline").setLevel(logging.INFO)
    run(_settings(root), port=port, drafts=drafts)


@main.command()
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
@click.option("--allow-deletions", is_flag=True, help="Go on even if most of the published site would be deleted.")
@_json_option
@click.pass_obj
def publish(root: Path, dry_run: bool, allow_deletions: bool, as_json: bool) -> None:
    """Bring public/ to the configured target: what is new or changed goes up, what is gone is deleted last.

    The target is `[publish] target` in pipeline.toml: s3://bucket, s3://bucket/prefix, or a directory.

    \b
    Examples:  pipeline publish --dry-run
               pipeline publish
    """
    from pipeline import say
    from pipeline.publishing import publish as run

    settings = _settings(root)
    with say.progress("Publishing", "objects") as progress:
        report = run(
            settings.public,
            settings.publish,
            dry_run=dry_run,
            allow_deletions=allow_deletions,
            root=settings.root,
            progress=progress,
        )
    if as_json:
        _print_json(report.to_json())
    else:
        say.publication(report, dry_run=dry_run)


@main.command()
@click.option("--once", is_flag=True, help="End by itself instead of serving until Ctrl-C.")
@click.pass_obj
def demo(root: Path, once: bool) -> None:
    """Run the main job on a copy of the site in --root: detect, translate, approve, build, publish, serve.

    It brings its own S3 server and its own Prefect, works without a network, and changes nothing outside .pipeline/.

    \b
    Example:  pipeline demo --once
    """
    with _importable(root):
        from flows.demo import main as run
    sys.exit(run(root.resolve(), once))


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    """The flows are found beside an installed package, or in the checkout that is the root."""
    sys.path.append(str(root.resolve()))
    try:
        yield
    finally:
        sys.path.remove(str(root.resolve()))


@main.command()
@_json_option
@click.pass_obj
def doctor(root: Path, as_json: bool) -> None:
    """Try everything a run needs, and say what to mend: configuration, posts, engines, keys, the target.

    \b
    Example:  pipeline doctor
    """
    from pipeline import say
    from pipeline.doctor import examine

    findings = examine(root)
    if as_json:
        _print_json({"checks": [finding.to_json() for finding in findings]})
    else:
        say.findings(findings)
    sys.exit(DONE if all(finding.fine for finding in findings) else ERROR)


if __name__ == "__main__":
    main()
