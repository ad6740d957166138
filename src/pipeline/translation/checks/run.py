"""`pipeline check`: the rules over drafts and approved pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.config import Settings
from pipeline.content import Collection, Library, Post
from pipeline.content.posts import post_key
from pipeline.errors import ConfigError, ContentError, PipelineError
from pipeline.translation.checks.finding import Finding, Found
from pipeline.translation.checks.ignores import Ignore
from pipeline.translation.checks.page import LinkFault, Page, Shared
from pipeline.translation.checks.rules import RULES, Level, Rule, levels
from pipeline.translation.glossary import read_glossary

__all__ = ["CheckReport", "check", "check_page"]


@dataclass
class CheckReport:
    """What was found on `pages` pages; `ignored` is what a comment speaks for, `failed` what could not be read."""

    pages: int = 0
    findings: list[Finding] = field(default_factory=list)
    ignored: list[Finding] = field(default_factory=list)
    failed: list[PipelineError] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many findings need a person."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings do not."""
        return len(self.findings) - self.errors

    def to_json(self) -> dict[str, Any]:
        """As `pipeline check --json` prints it."""
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "pages": self.pages,
            "errors": self.errors,
            "warnings": self.warnings,
            "ignored": len(self.ignored),
        }


def check(
    settings: Settings,
    posts: Sequence[str] = (),
    *,
    locale: str | None = None,
    configured: Mapping[str, Level] | None = None,
    link_fault: LinkFault | None = None,
    library: Library | None = None,
) -> CheckReport:
    """Check the drafts and approved pages of `posts` (keys; default: all) in `locale` (default: every target).

    `configured` maps rules to off, warning or error; `link_fault` says what is wrong with an address on a page.
    Raises ConfigError for unknown names. What cannot be read is in the report, and the others go on.
    """
    chosen = levels(configured or {})
    locales = [locale] if locale else settings.targets
    for name in locales:
        if name not in settings.targets:
            raise ConfigError(f"`{name}` is not a target locale.", remedy=f"Choose from {', '.join(settings.targets)}.")
    library = library or Library.read(settings)
    _check_names(posts, locales, library)
    report = CheckReport()
    glossary = read_glossary(settings.root / "glossary.csv")
    for target in locales:
        shared = Shared(settings.translation.fields, glossary, link_fault)
        found = list(_pages(settings, library, target, posts, shared))
        shared.pages = [page for page, newest in found if newest]
        for page, _ in found:
            _add(report, page, chosen)
        translations = (library.targets[target], library.drafts[target])
        report.findings += _unreadable(settings, translations, target, posts, chosen)
        report.pages += len(found)
        for snapshots in (library.snapshots[target], library.draft_snapshots[target]):
            report.failed += _asked(snapshots.problems, posts)
    report.findings.sort(key=lambda finding: (finding.file, finding.line, list(RULES).index(finding.rule)))
    return report


def _add(report: CheckReport, page: Page, chosen: Mapping[str, Level]) -> None:
    try:
        findings, ignored = check_page(page, chosen)
    except PipelineError as error:
        report.failed.append(error)
        return
    report.findings += findings
    report.ignored += ignored


def check_page(page: Page, configured: Mapping[str, Level] | None = None) -> tuple[list[Finding], list[Finding]]:
    """What the rules find on one page, and what of it a comment says to leave alone."""
    chosen = levels(configured or {})
    findings: list[Finding] = []
    ignored: list[Finding] = []
    used: set[Ignore] = set()
    for rule in RULES.values():
        for finding in _findings(page, rule, rule.find(page), chosen):
            ignore = next((one for one in page.ignores if one.reason and one.covers(rule.name, finding.line)), None)
            if ignore is None:
                findings.append(finding)
            else:
                used.add(ignore)
                ignored.append(replace(finding, ignored=ignore.reason))
    findings += _findings(page, RULES["ignore"], _about_ignores(page.ignores, used, chosen), chosen)
    return findings, ignored


def _findings(page: Page, rule: Rule, found: Iterable[Found], chosen: Mapping[str, Level]) -> Iterator[Finding]:
    level = chosen.get(rule.name)
    if level == "off":
        return
    for one in dict.fromkeys(found):
        severity = level or ("warning" if one.mild else rule.severity)
        where = (page.post.key, page.locale, page.file, one.line)
        yield Finding(rule.name, severity, *where, one.message, one.remedy, one.suggestion)


def _about_ignores(ignores: Sequence[Ignore], used: set[Ignore], chosen: Mapping[str, Level]) -> Iterator[Found]:
    for ignore in ignores:
        unknown = [name for name in ignore.rules if name not in RULES]
        if not ignore.rules or unknown:
            what = f"There is no check `{unknown[0]}`." if unknown else "This ignore comment names no check."
            yield Found(ignore.line, what, f"Name one of {', '.join(RULES)}.")
        elif not ignore.reason:
            what = "This ignore comment gives no reason, so it is not heeded."
            yield Found(ignore.line, what, f"Write `pipeline: ignore {', '.join(ignore.rules)}: …`.")
        elif ignore not in used and all(chosen.get(name) != "off" for name in ignore.rules):
            yield Found(ignore.line, "There is nothing to ignore here.", "Remove the comment.")


def _pages(
    settings: Settings, library: Library, locale: str, posts: Sequence[str], shared: Shared
) -> Iterator[tuple[Page, bool]]:
    """The drafts and approved pages, and whether each is the newest of its post."""
    language = settings.language(locale)

    def page(post: Post, snapshot: Post | None) -> Page:
        file = post.path.relative_to(settings.root).as_posix()
        return Page(post, snapshot, locale=locale, language=language, file=file, shared=shared)

    for pair in library.pairs(locale):
        if posts and pair.key not in posts:
            continue
        if pair.draft:
            yield page(pair.draft, pair.draft_snapshot), True
        if pair.target:
            yield page(pair.target, pair.snapshot), pair.draft is None


def _check_names(posts: Sequence[str], locales: Sequence[str], library: Library) -> None:
    known = {pair.key for locale in locales for pair in library.pairs(locale)}
    unreadable = [str(error.path) for error in library.problems]
    for key in posts:
        if key not in known and not any(key in path for path in unreadable):
            near = get_close_matches(key, known, n=1)
            raise ConfigError(
                f"there is no post `{key}`.",
                remedy=f"Did you mean `{near[0]}`?" if near else "`pipeline status` lists them.",
            )


def _unreadable(
    settings: Settings,
    collections: Iterable[Collection],
    locale: str,
    posts: Sequence[str],
    chosen: Mapping[str, Level],
) -> Iterator[Finding]:
    """Translations whose file or front matter cannot be read."""
    level = chosen.get("fields")
    for collection in collections:
        for error in _asked(collection.problems, posts):
            path = Path(str(error.path)).relative_to(settings.root)
            key = post_key(PurePosixPath(*path.parts[2:]))
            message, severity = error.message[0].upper() + error.message[1:], level or "error"
            if severity != "off":
                yield Finding("fields", severity, key, locale, path.as_posix(), error.line or 1, message, error.remedy)


def _asked(errors: Iterable[ContentError], posts: Sequence[str]) -> Iterator[ContentError]:
    return (error for error in errors if not posts or any(key in str(error.path) for key in posts))
