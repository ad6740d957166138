"""The translation memory: what is in it, what it knows of a text, and its way to and from other tools."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.options import Command, CommandGroup, check_locale, json_option, locale_option, read_settings
from pipeline.console import print_json, shown
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.translation.entries import Entry
    from pipeline.translation.lookup import Hit, Stats

__all__ = ["memory"]

_MOST = 20


@click.group(
    cls=CommandGroup,
    short_help="Look into the translation memory, export and import it.",
    examples=["pipeline memory stats", 'pipeline memory search "Hello, world"', "pipeline memory export zh.tmx"],
)
def memory() -> None:
    """The translation memory: every approved segment of every post with its translation, and what was imported.

    It is made anew from the posts each time. Imported pairs are in memory/LOCALE.tmx, which belongs to the posts.
    """


@memory.command(cls=Command, short_help="Count what is in it.", examples=["pipeline memory stats --json"])
@locale_option
@json_option
@click.pass_obj
def stats(root: Path, *, locale: str | None, as_json: bool) -> None:
    """Count the segments, those that are there more than once, and those that are translated in several ways."""
    from pipeline.translation.lookup import stats as count

    settings = read_settings(root)
    check_locale(settings, locale)
    found = [count(name, _known(settings, name)) for name in ([locale] if locale else settings.targets)]
    if as_json:
        print_json({"locales": [one.to_json() for one in found]})
        return
    for one in found:
        _tell(one)


def _tell(found: Stats) -> None:
    click.echo(
        f"{found.locale}: {found.segments} segments, {found.imported} of them imported, the others from "
        f"{found.posts} posts; {found.duplicates} duplicates, {len(found.conflicts)} sources with several targets"
    )
    for conflict in found.conflicts[:_MOST]:
        click.echo(f"  {conflict.source}")
        for target, origins in conflict.targets.items():
            more = f" and {len(origins) - 1} more" if len(origins) > 1 else ""
            click.echo(f"    {target}  ({origins[0]}{more})")
    if len(found.conflicts) > _MOST:
        click.echo(f"  … and {len(found.conflicts) - _MOST} more")


@memory.command(
    cls=Command, short_help="Find where a text was translated before.", examples=['pipeline memory search "Hello"']
)
@click.argument("text")
@locale_option
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="Most hits in each language.")
@json_option
@click.pass_obj
def search(root: Path, *, text: str, locale: str | None, limit: int, as_json: bool) -> None:
    """Find segments that are TEXT, are like it, or contain it, in either language; the best first, with where they are.

    What counts as like it is `fuzzy_threshold` in pipeline.toml.
    """
    from pipeline.translation.lookup import search as look_up

    settings = read_settings(root)
    check_locale(settings, locale)
    least = settings.translation.fuzzy_threshold
    found = [
        (name, hit)
        for name in ([locale] if locale else settings.targets)
        for hit in look_up(_known(settings, name), text, threshold=least, limit=limit)
    ]
    if as_json:
        print_json({"hits": [{"locale": name, **hit.to_json()} for name, hit in found]})
        return
    for name, hit in found:
        _show(name, hit)
    if not found:
        click.echo("Nothing like that has been translated.", err=True)


def _show(locale: str, hit: Hit) -> None:
    alike = f"{hit.kind} {hit.score:.0f} %" if hit.kind == "fuzzy" else hit.kind
    click.echo(f"{alike}  {locale}  {hit.origin}\n  {hit.source}\n  {hit.target}")


@memory.command(
    cls=Command, short_help="Write it as TMX.", examples=["pipeline memory export zh.tmx", "pipeline memory export"]
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--locale", help="Which target language; needed where there are several.")
@click.pass_obj
def export(root: Path, *, file: Path | None, locale: str | None) -> None:
    """Write the memory as TMX 1.4 to FILE, or to stdout, for OmegaT and other translation tools."""
    from pipeline.files import write_atomic
    from pipeline.translation.known import exported

    settings = read_settings(root)
    name = _one(settings, locale)
    lines = exported(settings, name, _known(settings, name))
    data = "".join(lines).encode()
    if file is None:
        click.echo(data, nl=False)
        return
    write_atomic(file, data)
    click.echo(f"{shown(file)}: {data.count(b'<tu>')} pairs")


@memory.command(
    cls=Command, name="import", short_help="Add the pairs of a TMX file.", examples=["pipeline memory import old.tmx"]
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--locale", help="Which target language; needed where there are several.")
@click.option("--dry-run", is_flag=True, help="Count what would be added; write nothing.")
@json_option
@click.pass_obj
def import_(root: Path, *, file: Path, locale: str | None, dry_run: bool, as_json: bool) -> None:
    """Add the pairs of FILE, a TMX file of any tool, to memory/LOCALE.tmx. Those that are known are left out.

    From then on they are found where no post has the same segment. Read the file's diff before you commit it.
    """
    from pipeline.content import Library
    from pipeline.translation.known import import_tmx, memory_file

    settings = read_settings(root)
    name = _one(settings, locale)
    done = import_tmx(settings, Library.read(settings), name, file, dry_run=dry_run)
    if as_json:
        skipped = [{"line": line, "reason": reason} for line, reason in done.skipped]
        print_json({"locale": name, "added": done.added, "known": done.known, "skipped": skipped})
        return
    place = shown(memory_file(settings, name))
    would = "would be " if dry_run else ""
    click.echo(f"{place}: {done.added} {would}added, {done.known} known, {len(done.skipped)} left out")
    for line, reason in done.skipped[:_MOST]:
        click.echo(f"{shown(file)}:{line}: {reason}", err=True)
    if len(done.skipped) > _MOST:
        click.echo(f"… and {len(done.skipped) - _MOST} more", err=True)


def _one(settings: Settings, locale: str | None) -> str:
    """The locale that is meant."""
    check_locale(settings, locale)
    if locale is None and len(settings.targets) > 1:
        raise ConfigError("there are several target locales.", remedy=f"Say --locale {settings.targets[0]}.")
    return locale or settings.targets[0]


def _known(settings: Settings, locale: str) -> Iterable[Entry]:
    from pipeline.content import Library
    from pipeline.translation.known import known

    return known(settings, Library.read(settings), locale)
