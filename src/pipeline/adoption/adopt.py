"""`pipeline adopt`: a bilingual Hugo site becomes one of ours, every translation with the English it was made from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath

from pipeline.adoption.files import find_files, path_key
from pipeline.adoption.hugo import read_config
from pipeline.adoption.languages import find_site
from pipeline.adoption.pairing import pair_posts
from pipeline.adoption.posts import follow_keys, place_page, read_pages, sort_posts
from pipeline.adoption.report import AdoptionReport, LeftOut, counted
from pipeline.adoption.settings import configuration
from pipeline.adoption.statics import hugos_own, static_files
from pipeline.adoption.work import Progress, Work
from pipeline.adoption.writing import check_places, write_all

__all__ = ["adopt"]

_BESIDES = {"glossary.csv": b"source,target,note\n", ".gitignore": b".pipeline/\npublic/\n"}
_HAN = re.compile(r"[\u3400-\u9fff]")
_FIELDS = ["title", "summary", "description"]
_NOT_TRANSLATED = {"slug", "aliases", "url", "categories", "tags", "keywords", "author", "authors", "series", "date"}


def adopt(
    old: Path,
    root: Path,
    *,
    source: str | None = None,
    targets: Sequence[str] = (),
    shortcodes: Collection[str] = (),
    dry_run: bool = False,
    progress: Progress = None,
) -> AdoptionReport:
    """Write the Hugo site in `old` into `root` as a site of this pipeline; `old` is only read.

    `source` and `targets` are languages as Hugo names them (default: English, and Chinese or the only other one).
    `shortcodes` are the names that can be rendered. With `dry_run` nothing is written. Raises ConfigError if `old` is
    no Hugo site, and if `root` has other files in the way; then nothing is written.
    """
    old, root = old.resolve(), root.resolve()
    site = find_site(old, read_config(old), source, targets)
    check_places(old, root)
    report = AdoptionReport(site.source.locale, [target.locale for target in site.targets], site.layout)
    work = Work(site, root, find_files(site), {name.lower() for name in shortcodes}, progress, report)
    for step in _STEPS:
        step(work)
    if not dry_run:
        report.written, report.unchanged = write_all(root, work.files)
    return report


def _configure(work: Work) -> None:
    """pipeline.toml, with the fields that the translators translated, and what every site has."""
    translated = Counter(_translated(work))
    few = max(2, len(work.posts) // 20)
    extra = [name for name, number in translated.most_common() if number >= few and name not in _FIELDS]
    made = configuration(work.site, [*_FIELDS, *extra])
    work.fields = list(made.settings.translation.fields)
    work.report.taken = made.taken
    work.report.left_out += made.left_out
    work.report.warnings += made.warnings
    work.files["pipeline.toml"] = made.text.encode()
    work.files |= {name: data for name, data in _BESIDES.items() if not (work.root / name).exists()}


def _translated(work: Work) -> Iterator[str]:
    """Front matter fields that a person translated, once a post."""
    for target in work.site.targets:
        for key in work.posts:
            english, theirs = work.texts[work.site.source.key, key].data, work.texts.get((target.key, key))
            for name in english.keys() & (theirs.data.keys() if theirs else set()) - _NOT_TRANSLATED:
                ours, other = english[name], theirs.data[name] if theirs else None
                if isinstance(ours, str) and isinstance(other, str) and ours != other and _HAN.search(other):
                    yield name


def _place_sources(work: Work) -> None:
    source = work.site.source
    for key, page in work.posts.items():
        place_page(work, page, work.texts[source.key, key], f"content/{source.locale}/{page.name}")


def _place_attachments(work: Work) -> None:
    """Images and the like. Those of a bundle go where its post goes, and stay out if it does."""
    locales = {language.key: language.locale for language in work.site.languages}
    out: Counter[str] = Counter()
    for (language, name), path in sorted(work.found.attachments.items()):
        locale = locales[language]
        above = map(str, reversed(PurePosixPath(name).parents))
        bundle = next((up for up in above if up in work.found.bundles), "")
        key = path_key(bundle)
        if key in work.moved:  # its translation has a name of its own, so that the files are its own too
            key, locale = work.moved[key]
        if bundle and key not in work.posts:
            out[bundle] += 1
            continue
        place = work.posts[key].post + name.removeprefix(bundle) if bundle else name
        work.files.setdefault(f"content/{locale}/{place}", path)
    for bundle, number in sorted(out.items()):
        work.report.left_out.append(LeftOut(f"{bundle}/", f"{counted(number, 'file')} of a post that stays out"))


def _place_static(work: Work) -> None:
    for name, path in static_files(work.site, work.report.left_out).items():
        work.files[f"static/{name}"] = path
    work.report.left_out += [*work.found.left_out, *hugos_own(work.site)]


_STEPS: tuple[Callable[[Work], None], ...] = (
    read_pages,
    follow_keys,
    sort_posts,
    _configure,
    _place_sources,
    pair_posts,
    _place_attachments,
    _place_static,
)
