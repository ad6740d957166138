"""The steps of a build but those that render: each adds to what the ones before it found, and only `write` touches the
directory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from pipeline.config import Settings
from pipeline.errors import BuildError, PipelineError
from pipeline.site.assets import collect_assets
from pipeline.site.attachments import find_attachments
from pipeline.site.editions import read_editions
from pipeline.site.extras import generated
from pipeline.site.kept import name_of
from pipeline.site.links import Links
from pipeline.site.output import Output
from pipeline.site.pages import Page, article_of, make_plan
from pipeline.site.style import style_sheet
from pipeline.site.theme import theme_directories
from pipeline.site.work import Work

__all__ = [
    "Work",
    "add_files",
    "check_directory",
    "find_files",
    "judge",
    "links_of",
    "name",
    "plan_pages",
    "read_strings",
    "remarked",
    "write",
]


def check_directory(settings: Settings, output: Output) -> None:
    """The site's directory is empty or ours, and nothing that the site is made from is in it."""
    root, out = settings.root.resolve(), output.directory.resolve()
    ours = [root / name for name in ("content", "drafts", "static", "theme", ".git")]
    if root.is_relative_to(out) or any(out.is_relative_to(folder) for folder in ours):
        raise BuildError(
            "cannot hold the site: what it is made from is there.", path=out, remedy="Name another directory."
        )
    output.check()


def read_strings(work: Work) -> None:
    """The editions, with the theme's words in each language."""
    folders = [folder / "strings" for folder in theme_directories(work.settings.root)]
    work.editions = read_editions(work.settings, folders)


def plan_pages(work: Work) -> None:
    """Which pages there are, and where."""
    work.plan = make_plan(
        work.editions,
        work.shown,
        work.settings.source,
        per_page=work.settings.site.per_page,
        patterns=work.settings.site.permalinks,
        strict=work.settings.problems.fails("addresses"),
    )
    work.warnings += work.plan.problems


def find_files(work: Work) -> None:
    """What is copied, and the theme's assets."""
    work.attachments = find_attachments(work.settings, work.plan, work.prefixes)
    work.warnings += work.attachments.problems
    work.assets = collect_assets(theme_directories(work.settings.root), extra_style=style_sheet(work.settings.theme))


def links_of(work: Work) -> Links:
    """What the links of posts may lead to, known once the files are found."""
    return Links(
        work.plan,
        work.addresses,
        work.settings.source,
        beside=work.attachments.beside,
        files=[*work.attachments.files, *generated(work)],
        prefixes=work.prefixes,
    )


def name(page: Page) -> tuple[str, str]:
    """What the article of a page is known by: its locale and its key."""
    return page.locale, article_of(page).key


def remarked(work: Work) -> Iterator[Page]:
    """The pages with articles with which the site has more to do than to show them."""
    known = work.cache.remarked()
    return (page for page in work.plan.pages if page.article and name_of(page.article) in known)


def judge(work: Work) -> None:
    """Raise BuildError, before anything is written, for problems that the configuration calls failures."""
    answers = work.settings.problems
    found = {str(error): error for error in work.warnings if answers.fails(_kind(error))}
    if not found:
        return
    first, *others = found.values()
    if not others:
        raise first
    remedy = f"{first.remedy} And there {'is 1 more problem' if len(others) == 1 else f'are {len(others)} more'}."
    raise BuildError(first.message, path=first.path, line=first.line, remedy=remedy, problems=tuple(found.values()))


def _kind(error: PipelineError) -> str:
    return error.kind if isinstance(error, BuildError) else "posts"


def add_files(work: Work) -> None:
    """Assets and copies."""
    for path, data in work.assets.files.items():
        work.output.add(path, data)
    for path, source in work.attachments.files.items():
        work.output.add_copy(path, source)
        for folder in PurePosixPath(path).parents:
            if page := work.plan.by_path.get(f"{folder}/"):
                work.note(page, path)
                break
    for page in remarked(work):
        for path, source in work.rendered[name(page)].copies:
            if not work.output.has(path):
                work.output.add_copy(path, source)
            work.note(page, path)


def write(work: Work) -> None:
    """Bring the directory to what was collected."""
    try:
        work.written = work.output.commit(work.kept)
    except OSError as error:
        raise BuildError(
            f"the site cannot be written: {error.strerror}.",
            path=error.filename,
            remedy="Check permissions and free space, and build again: it goes on where it stopped.",
        ) from error
