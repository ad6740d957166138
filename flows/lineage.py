"""What became of each post, for the UI: a page a post, and events of the assets that a run made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from prefect.artifacts import create_markdown_artifact
from prefect.assets import Asset, AssetProperties, materialize
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event

from flows.markup import code, key, link, plain, table
from pipeline.config import Settings
from pipeline.errors import PipelineError
from pipeline.explain import Stage, explain
from pipeline.translation.survey import library_of

__all__ = ["PAGES", "emit", "made", "post_markdown", "show_posts"]

PAGES = 20  # posts of one run that get their page; the reports have all
_LONGEST = 512
_NOT_IN_A_KEY = re.compile(r"[\s#?&%\"'<>\[\]{}|\\^`\x00-\x1f]+")
_ADDRESS = re.compile(r"https?://\S+")


def emit(event: str, name: str, payload: Mapping[str, object]) -> None:
    """An event of ours, such as `post.translated`, about one thing; automations can wait for it."""
    emit_event(event, resource={"prefect.resource.id": f"pipeline.{name}"}, payload=dict(payload))


def show_posts(settings: Settings, posts: Iterable[str], release: Mapping[str, str] | None = None) -> None:
    """`post-KEY`: for each of `posts`, every stage with its state and the reason.

    `release` says by `locale/key` what this run did to the published page.
    """
    shown = sorted(set(posts))[:PAGES]
    library = library_of(settings, shown)
    for name in shown:
        try:
            stages = explain(settings, name, library)
        except PipelineError:
            continue  # it went with this run
        text = post_markdown(name, stages, release or {})
        create_markdown_artifact(text, key=key("post", name), description=f"Every stage of {name}.")


def post_markdown(name: str, stages: Iterable[Stage], release: Mapping[str, str]) -> str:
    """A table of stages, in the order in which a post goes through them."""
    rows = [[stage.stage, stage.locale, plain(stage.state), _why(stage.why)] for stage in stages]
    rows += [
        ["release", entry.partition("/")[0], "published", plain(what)]
        for entry, what in release.items()
        if entry.partition("/")[2] == name
    ]
    lines = [f"# {plain(name)}", "", *table(["stage", "locale", "state", "why"], rows)]
    return "\n".join([*lines, "", f"The same in a terminal: {code(f'pipeline explain {name}')}"])


def made(kind: str, posts: Mapping[str, str]) -> None:
    """Asset events: this run has made the `kind` (draft, page) of each `locale/key`; the values are where it is."""
    assets = [
        Asset(
            key=_NOT_IN_A_KEY.sub("_", f"pipeline://{kind}/{name}")[:_LONGEST],
            properties=AssetProperties(name=f"{kind} {name}", url=where if where.startswith("http") else None),
        )
        for name, where in sorted(posts.items())[:PAGES]
    ]
    if assets:
        materialize(*assets, by="pipeline", name=f"{kind}s made", cache_policy=NO_CACHE)(_nothing)()


def _nothing() -> None:
    """The work is done already; the task only carries the events."""


def _why(text: str) -> str:
    """The reason with its address as a link."""
    found = _ADDRESS.search(text)
    if not found:
        return plain(text)
    before, after = text[: found.start()], text[found.end() :]
    return " ".join(part for part in (plain(before), link(found[0], found[0]), plain(after)) if part)
