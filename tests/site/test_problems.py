"""What is wrong with a post is a warning or a failure, as configured; a failure leaves the site as it was."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.errors import BuildError
from tests.site.conftest import CONFIG, Site
from tests.site.links import broken_links

FAULTS = {
    "posts": "",
    "aliases": "",
    "links": "[a](nowhere.md)",
    "images": "![a](nowhere.png)",
    "shortcodes": "{{< nosuch >}}",
    "math": "$\\nosuch$",
}


def make(site: Site, kind: str) -> int | None:
    """A post with such a fault; the line that it is on."""
    if kind == "posts":
        site.post("en/posts/a.md", date="2026-13-01")
        return 3
    if kind == "aliases":
        site.post("en/posts/a.md", aliases="[/posts/b/]")
        return 3
    site.post("en/posts/a.md", f"Text.\n\n{FAULTS[kind]}\n")
    return 6


@pytest.mark.parametrize("kind", FAULTS)
def test_a_problem_is_a_warning_or_a_failure(site: Site, kind: str) -> None:
    site.post("en/posts/b.md")
    site.build()
    before = site.files()
    line = make(site, kind)
    site.configure(locales=f'[problems]\n{kind} = "fail"\n')
    with pytest.raises(Exception, match=r"a\.md") as caught:
        site.build()
    assert caught.value.line == line
    assert caught.value.remedy
    assert site.files() == before
    site.configure(locales=f'[problems]\n{kind} = "warn"\n')
    (warning,) = site.build().warnings
    assert str(warning) == str(caught.value)
    assert (site.files() != before) is (kind != "posts")  # the other post is there, and nothing of this one


def test_a_missing_part_of_a_page_is_a_link(site: Site) -> None:
    site.configure(locales='[problems]\nlinks = "fail"\n')
    site.post("en/posts/a.md", "[a](#nowhere)\n")
    with pytest.raises(BuildError, match="#nowhere"):
        site.build()


@pytest.mark.parametrize(("first", "second"), [("en/posts/a.md", "en/posts/b.md"), ("en/tags.md", "en/posts/b.md")])
def test_two_pages_with_one_address_may_be_a_warning(site: Site, first: str, second: str) -> None:
    site.configure(locales='[problems]\naddresses = "warn"\n')
    site.post(first, "The first.\n", tags="[x]")
    site.post(second, "The second. [c](c.md)\n", slug="a", tags="[x]")
    site.post("en/posts/c.md", "[b](/posts/a/)\n", tags="[x]")
    warnings = [warning for warning in site.build().warnings if "same address" in warning.message]
    assert len(warnings) == 1
    assert not broken_links(site.public, "https://example.org")
    if first == "en/posts/a.md":
        assert "The first." in site.html("posts/a")
        assert warnings[0].line == 3
    else:
        assert "The first." not in site.html("tags")


def test_all_failures_are_told(site: Site) -> None:
    site.configure(locales='[problems]\nlinks = "fail"\nmath = "fail"\n')
    site.post("en/posts/a.md", "[a](b.md)\n\n[c](d.md) $\\nosuch$\n")
    site.post("en/posts/e.md", "{{< nosuch >}}\n")
    with pytest.raises(BuildError) as caught:
        site.build()
    assert len(caught.value.problems) == 3
    assert "2 more" in caught.value.remedy
    result = CliRunner().invoke(main, ["--root", str(site.root), "build"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line.split(":")[2] for line in result.stderr.splitlines() if line.startswith("Error")] == ["4", "6", "6"]
    assert not site.public.exists()


def test_an_unknown_kind(site: Site) -> None:
    (site.root / "pipeline.toml").write_text(CONFIG.format(site="", locales='[problems]\nlink = "fail"\n'))
    with pytest.raises(Exception, match="links"):
        _ = site.settings
