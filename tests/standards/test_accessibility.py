"""axe-core: nothing to find on any kind of page, in light and in dark, on a phone and on a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.served import Served
from tests.standards.tools import axe_source

PAGES = ["", "posts/", "archive/", "categories/", "tags/", "series/", "search/", "about/", "404.html"]
CHOSEN = ["posts/everything/", "posts/alone/", "posts/where-a-translation-comes-from/"]


def pages(served: Served) -> list[str]:
    """One of each kind, in each language: a page of a term, and the posts that have the most in them."""
    root = served.directory
    found = [*PAGES, *CHOSEN, *sorted(f"tags/{path.name}/" for path in (root / "tags").iterdir() if path.is_dir())[:1]]
    every = [f"{prefix}{path}" for prefix in ("", "zh/") for path in found]
    return [path for path in every if (root / path).is_file() or (root / path / "index.html").is_file()]


@pytest.mark.usefixtures("tools")
def test_axe_finds_nothing(served: Served, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    source, found = axe_source(), []
    looked_at = pages(served)
    assert len(looked_at) >= 18
    for path in looked_at:
        page.goto(f"{served.url}/{path}")
        page.evaluate(source)
        # What is dark differs in its colours only.
        for scheme, rules in {"light": "", "dark": "runOnly: ['color-contrast', 'link-in-text-block'], "}.items():
            page.emulate_media(color_scheme=scheme)
            report = page.evaluate(f"axe.run(document, {{ {rules}resultTypes: ['violations'] }})")
            found += [(path, scheme, fault["id"], fault["nodes"][0]["html"]) for fault in report["violations"]]
            assert len(report["passes"]) > (0 if rules else 15), path
    page.close()
    assert found == []
