"""Lighthouse, as on a phone: the home page and a post of each language, without a point lost."""

from __future__ import annotations

import pytest

from tests.served import Served
from tests.standards.tools import lighthouse

POSTS = ("posts/everything/", "posts/where-a-translation-comes-from/")


@pytest.mark.usefixtures("tools")
def test_home_and_post_have_every_point(served: Served) -> None:
    post = next(path for path in POSTS if (served.directory / path).is_dir())
    pages = [f"{served.url}/{prefix}{path}" for prefix in ("", "zh/") for path in ("", post)]
    for run in lighthouse(pages, "accessibility", "best-practices", "seo"):
        assert run["scores"] == {"accessibility": 100, "best-practices": 100, "seo": 100}, (run["url"], run["faults"])
        assert not run["faults"], run["url"]
