"""The policy of a site: strict, and wider only where the site's owner says so."""

from __future__ import annotations

import pytest

from pipeline.errors import PipelineError
from pipeline.site.policy import POLICY, policy
from tests.site.conftest import Site


def sources(header: str) -> dict[str, list[str]]:
    return {name: allowed for name, *allowed in (part.split() for part in header.split("; "))}


def test_it_lets_no_code_in_but_the_sites_own(site: Site) -> None:
    assert policy(site.settings) == POLICY
    found = sources(POLICY)
    assert found["default-src"] == found["base-uri"] == ["'none'"]
    assert found["script-src"] == found["style-src"] == found["connect-src"] == ["'self'"]
    assert "unsafe" not in POLICY


def test_comments_and_the_owners_own_sources_are_added(site: Site) -> None:
    site.configure(
        site='allow = { script-src = "https://a.example", worker-src = "blob:" }',
        locales='[theme.giscus]\nrepo = "a/b"\n',
    )
    found = sources(policy(site.settings))
    assert found["script-src"] == ["'self'", "https://giscus.app", "https://a.example"]
    assert found["frame-src"] == ["https://giscus.app"]
    assert found["worker-src"] == ["blob:"]
    assert found["default-src"] == ["'none'"]


@pytest.mark.parametrize("entry", ['img-src = "a; script-src *"', 'img-src = ""', 'img-src = "a\\nb"', '"a b" = "c"'])
def test_a_source_that_would_break_the_header_is_refused(site: Site, entry: str) -> None:
    site.configure(site=f"allow = {{ {entry} }}")
    with pytest.raises(PipelineError, match="sources with blanks between"):
        _ = site.settings
