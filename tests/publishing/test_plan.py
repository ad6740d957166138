from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.publishing.headers import is_page
from pipeline.publishing.manifest import Entry
from pipeline.publishing.plan import Action, Stage, Standing
from pipeline.publishing.plan import plan as planned

NAMES = [
    "index.html", "404.html", "zh/index.html", "zh/404.html", "posts/index.html", "posts/a/index.html",
    "posts/b/index.html", "posts/b/c.html", "tags/x/index.html", "app.0a1b2c3d.css", "app.css", "a.png", "search.json",
    "search.0a1b2c3d.json", "feed.xml", "zh/feed.atom", "sitemap.xml", "robots.txt", "posts",
]  # fmt: skip
ENTRIES = st.builds(
    Entry, st.sampled_from(["00" * 32, "11" * 32]), st.just(1), st.just("t"), st.sampled_from(["one", "two"])
)
SITES = st.dictionaries(st.sampled_from(NAMES), ENTRIES)
UNSETTLED = st.sets(st.sampled_from(NAMES))


def plan(
    wanted: dict[str, Entry], published: dict[str, Entry], unsettled: Collection[str] = (), **more: Any
) -> tuple[Action, ...]:
    return planned(wanted, Standing(published, more.pop("retired", {}), unsettled, **more))


def entry(content: str = "a", cache: str = "c") -> Entry:
    return Entry(content.encode().hex() * 32, 1, "t", cache)


def order(*paths: str, published: tuple[str, ...] = ()) -> list[str]:
    return [action.path for action in plan({p: entry("b") for p in paths}, {p: entry() for p in published})]


@given(SITES, SITES, UNSETTLED)
def test_carried_out_it_gives_what_is_wanted(
    wanted: dict[str, Entry], published: dict[str, Entry], unsettled: set[str]
) -> None:
    garbage = entry("x", "x")
    state = {**published, **dict.fromkeys(unsettled, garbage)}
    for action in plan(wanted, published, unsettled):
        if action.kind == "upload":
            state[action.path] = wanted[action.path]
        else:
            state.pop(action.path, None)
    assert state == wanted


@given(SITES, SITES, UNSETTLED)
def test_it_touches_only_what_differs(
    wanted: dict[str, Entry], published: dict[str, Entry], unsettled: set[str]
) -> None:
    actions = plan(wanted, published, unsettled)
    differ = {path for path in {*wanted, *published} if wanted.get(path) != published.get(path)}
    assert sorted(action.path for action in actions) == sorted(differ | unsettled)


@given(SITES)
def test_nothing_to_do_when_they_are_equal(site: dict[str, Entry]) -> None:
    assert plan(site, site) == ()


@given(SITES, SITES, UNSETTLED)
def test_assets_pages_indexes_feeds_deletions(
    wanted: dict[str, Entry], published: dict[str, Entry], unsettled: set[str]
) -> None:
    actions = plan(wanted, published, unsettled)
    assert [action.stage for action in actions] == sorted(action.stage for action in actions)
    for action in actions:
        assert (action.stage is Stage.DELETIONS) == (action.kind == "delete") == (action.reason == "gone")
        if action.kind == "upload" and is_page(action.path):
            assert Stage.ASSETS < action.stage < Stage.FEEDS
            assert (action.stage in {Stage.NEW_PAGES, Stage.NEW_INDEXES}) == (action.path not in published)


def test_every_action_has_its_reason() -> None:
    wanted = {"new": entry(), "content": entry("b"), "headers": entry("a", "d"), "same": entry(), "doubt": entry()}
    published = {path: entry() for path in ("content", "headers", "same", "doubt", "gone")}
    reasons = {action.path: action.reason for action in plan(wanted, published, {"doubt", "rest"})}
    assert reasons == {
        "new": "new",
        "content": "content changed",
        "headers": "headers changed",
        "doubt": "unverified",
        "gone": "gone",
        "rest": "gone",
    }


def test_a_size_that_differs_is_a_change_of_content() -> None:
    (action,) = plan({"a": replace(entry(), size=2)}, {"a": entry()})
    assert action == Action("upload", "a", "content changed", Stage.ASSETS)


def test_a_first_publish_ends_with_the_home_page_and_the_feeds() -> None:
    assert order("sitemap.xml", "index.html", "posts/index.html", "posts/a/index.html", "z.css", "feed.xml") == [
        "z.css",
        "posts/a/index.html",
        "index.html",
        "posts/index.html",
        "feed.xml",
        "sitemap.xml",
    ]


def test_what_is_new_is_there_before_anything_published_can_link_to_it() -> None:
    published = ("index.html", "posts/index.html", "posts/a/index.html")
    assert order(*published, "zh/index.html", "zh/b/index.html", "b.0a1b2c3d.css", published=published) == [
        "b.0a1b2c3d.css",
        "zh/b/index.html",
        "zh/index.html",
        "posts/a/index.html",
        "index.html",
        "posts/index.html",
    ]


def test_pages_go_before_the_assets_they_used() -> None:
    assert order("index.html", published=("index.html", "a.css", "b/index.html", "z.png"))[1:] == [
        "b/index.html",
        "a.css",
        "z.png",
    ]
