"""Artifacts under stable keys, so that Prefect's UI shows their history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from flows.ages import days_since_change
from flows.markup import code, key, link, plain, table
from flows.summaries import needs_person
from pipeline.config import Settings
from pipeline.content import Library
from pipeline.publishing import Action, PublishReport
from pipeline.review import Proposal, ProposalReport
from pipeline.translation import PostReport, PostState, TranslationReport

__all__ = ["ROWS", "drafts_markdown", "publish_markdown", "show_coverage", "show_drafts", "show_link", "show_publish"]

ROWS = 500  # in one artifact: they are kept in the server's database, and drawn by a browser
AT_REST = ("current", "excluded")


def show_coverage(settings: Settings, states: Sequence[PostState]) -> None:
    """`coverage-LOCALE`: each post with its state, the reason, and since when its English is as it is."""
    posts = Library.read(settings).source.posts
    waiting = {state.post for state in states if state.state not in AT_REST}
    ages = days_since_change(settings.root, [posts[name].path for name in waiting if name in posts])
    for locale in sorted({state.locale for state in states}):
        mine = sorted(
            (state for state in states if state.locale == locale),
            key=lambda state: (state.state in AT_REST, state.post),
        )
        count = Counter(state.state for state in mine)
        asked = len(mine) - count["excluded"]
        share = f"{count['current'] * 100 // asked} %" if asked else "nothing to translate"
        rows = [_covered(state, ages, posts[state.post].path if state.post in posts else None) for state in mine]
        told = ", ".join(f"{number} {name}" for name, number in count.most_common())
        create_table_artifact(
            rows[:ROWS], key=key("coverage", locale), description=f"{share} current: {told}.{_cut(len(rows))}"
        )


def show_drafts(report: TranslationReport, *, dry_run: bool, proposals: ProposalReport | None = None) -> None:
    """`drafts-plan` or `drafts-report`: where each segment comes from, what the checks found, where it is reviewed."""
    if report.posts or (proposals and proposals.proposals):
        what = "Planned; nothing was written." if dry_run else "Drafts."
        text = drafts_markdown(report, proposals)
        create_markdown_artifact(text, key="drafts-plan" if dry_run else "drafts-report", description=what)


def show_publish(settings: Settings, report: PublishReport, posts: dict[str, list[str]], *, dry_run: bool) -> None:
    """`publish-plan` or `publish-result`: every action with its reason. Nothing, when there was nothing to do.

    `posts` are the built files by `locale/key`.
    """
    if report.uploaded or report.deleted:
        text = publish_markdown(settings, report, posts, dry_run=dry_run)
        name = "publish-plan" if dry_run else "publish-result"
        create_markdown_artifact(text, key=name, description=f"{report.uploaded} uploaded, {report.deleted} deleted.")


def show_link(name: str, url: str, text: str) -> None:
    """A link under the key `name`, if the address is of the web."""
    if url.startswith(("http://", "https://")):
        create_link_artifact(url, link_text=text, key=name)


def drafts_markdown(report: TranslationReport, proposals: ProposalReport | None = None) -> str:
    """The drafts as a Markdown page: counts, the findings of each draft that has some, and where each is reviewed."""
    columns = ["kept", "memory", "adapted", "fuzzy", "machine", "untranslated"]
    rows = []
    for post in report.posts[:ROWS]:
        counts = [str(getattr(post.counts, name)) for name in columns]
        draft = code(post.draft) if post.draft else ""
        rows.append([plain(post.post), post.locale, str(post.counts.total), *counts, draft])
    lines = table(["post", "locale", "segments", *columns, "draft"], rows)
    if cut := _cut(len(report.posts)):
        lines += ["", cut.strip()]
    for post in [post for post in report.posts if needs_person(post)][:ROWS]:
        lines += ["", f"## {plain(post.post)} ({post.locale}) needs a person", "", *_findings(post)]
    if proposals and proposals.proposals:
        shown = [
            [plain(one.post), one.locale, one.action, _place(one), plain(one.reason)]
            for one in proposals.proposals[:ROWS]
        ]
        lines += ["", "## Proposals", "", *table(["post", "locale", "state", "where", "reason"], shown)]
    engine = report.engine
    lines += [
        "",
        f"Engine {plain(engine.name) or 'not asked'}: {engine.requests} requests, {engine.characters} characters.",
    ]
    return "\n".join(lines)


def publish_markdown(settings: Settings, report: PublishReport, posts: dict[str, list[str]], *, dry_run: bool) -> str:
    """A release as a Markdown page: the posts that changed, with links to them, then every object with the reason."""
    base = settings.site.base_url
    head = "Planned; nothing was sent." if dry_run else f"Release {code(report.release)}."
    lines = [
        f"{head} {report.uploaded} uploaded, {report.deleted} deleted, {report.unchanged} as they were.",
        "",
        f"Site: {link(base + '/', base + '/')}",
    ]
    if pages := changed_posts(report.actions, posts):
        rows = [[link(name, _address(base, action.path)), plain(action.reason)] for name, action in pages[:ROWS]]
        lines += ["", "## Posts", "", *table(["post", "reason"], rows)]
    rows = [[action.kind, code(action.path), plain(action.reason)] for action in report.actions[:ROWS]]
    lines += ["", "## Objects", "", *table(["action", "path", "reason"], rows), _cut(len(report.actions))]
    return "\n".join(lines).rstrip()


def changed_posts(actions: Iterable[Action], posts: dict[str, list[str]]) -> list[tuple[str, Action]]:
    """`locale/key` of the posts whose page an action is about, with that action."""
    owner = {file: name for name, files in posts.items() for file in files if file.endswith(".html")}
    return [(owner[action.path], action) for action in actions if action.kind == "upload" and action.path in owner]


def _address(base: str, path: str) -> str:
    return f"{base}/{path.removesuffix('index.html')}"


def _covered(state: PostState, ages: dict[Path, int], source: Path | None) -> dict[str, object]:
    age = ages.get(source) if source and state.state not in AT_REST else None
    return {
        "post": state.post,
        "state": state.state,
        "changed": f"{state.changed} of {state.segments}",
        "age in days": "" if age is None else age,
        "reason": state.reason,
    }


def _findings(post: PostReport) -> Iterable[str]:
    if post.counts.untranslated:
        yield f"* {post.counts.untranslated} of {post.counts.total} segments are still in English."
    for problem in post.problems[:ROWS]:
        yield f"* {problem.severity}, line {problem.line}: {plain(problem.message)} ({problem.check})"


def _place(proposal: Proposal) -> str:
    return link(proposal.url, proposal.url) if proposal.url else code(proposal.branch)


def _cut(number: int) -> str:
    return f" The first {ROWS} of {number} are shown." if number > ROWS else ""
