"""What is saved is on its own pages at once; the whole site follows, and is as if it had been built anew."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.content import stored
from pipeline.site import BuildReport, build
from pipeline.site.build import whole
from pipeline.site.shortcut import Shortcut
from tests.site.conftest import Site
from tests.site.test_serve import DEADLINE, Served, event

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def shortcut(bilingual: Site) -> Shortcut:
    found = Shortcut(whole(bilingual.settings, bilingual.root / "preview", drafts=False, base_url=None, moment=NOW))
    stored._text.cache_clear()  # as of a site of many posts: what a saved one held before is not at hand
    return found


@pytest.fixture
def served(bilingual: Site) -> Iterator[Served]:
    running = Served(bilingual)
    yield running
    running.close()


def path_of(site: Site) -> Path:
    return site.root / "content/en/posts/first.md"


def test_the_page_is_as_a_whole_build_makes_it(bilingual: Site, shortcut: Shortcut) -> None:
    path = path_of(bilingual)
    path.write_text(path.read_text(encoding="utf-8") + "\n## A new part\n\nWith $a^2$ and `code`.\n", encoding="utf-8")
    pages = shortcut.pages(path)
    assert pages
    build(bilingual.settings, out=bilingual.root / "public", now=NOW)
    assert {name: (bilingual.root / "public" / name).read_bytes() for name in pages} == pages
    assert b"A new part" in pages["posts/first/index.html"]


def test_more_than_a_text_is_for_a_whole_build(bilingual: Site, shortcut: Shortcut) -> None:
    path = path_of(bilingual)
    old = path.read_text(encoding="utf-8")
    path.write_text(old.replace("title:", "weight: 3\ntitle:", 1), encoding="utf-8")
    assert shortcut.pages(path) is None
    path.write_text(old + "\n![](dot.png)\n", encoding="utf-8")
    assert (shortcut.pages(path) is None) == ("dot.png" not in old and (path.parent / "dot.png").exists())
    path.write_bytes(b"---\ntitle: \xff\n---\n")
    assert shortcut.pages(path) is None
    path.unlink()
    assert shortcut.pages(path) is None
    assert shortcut.pages(path.with_name("new.md")) is None


@pytest.fixture
def followed(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The whole site is not built anew before this is set."""
    may_follow = threading.Event()

    def later(*arguments: object, **options: object) -> object:
        assert may_follow.wait(DEADLINE)
        return whole(*arguments, **options)

    monkeypatch.setattr(importlib.import_module("pipeline.site.serve"), "whole", later)
    yield may_follow
    may_follow.set()


def test_a_reader_has_it_before_the_whole_site_is_built(served: Served, followed: threading.Event) -> None:
    path = path_of(served.site)
    with served.get("/_pipeline/events") as stream:
        first = event(stream)
        served.save(path, path.read_text(encoding="utf-8") + "\nSaved a moment ago.\n")
        assert event(stream) != first
        with served.get("/posts/first/") as page:
            assert "Saved a moment ago." in page.read().decode()
        with served.get("/posts/first/index.md") as page:
            assert "Saved a moment ago." not in page.read().decode(), "the whole site follows"
        followed.set()
        assert isinstance(served.next_build(lambda found: True), BuildReport)
        with served.get("/posts/first/index.md") as page:
            assert "Saved a moment ago." in page.read().decode()
