"""Links inside the site are checked against the pages that a build would make."""

import pytest
from click.testing import CliRunner

from pipeline.check_links import SiteLinks
from pipeline.commands.check import check as command
from pipeline.content import Library
from pipeline.translation.checks import check

HEAD = "---\ntitle: {}\n---\n"


def findings(site, body_en, body_zh):
    site.pair("posts/one", HEAD.format("One") + body_en, HEAD.format("一") + body_zh)
    site.pair("posts/two", HEAD.format("Two") + "## A part\n\nText.\n", HEAD.format("二") + "## 部分\n\n文字。\n")
    site.write("content/en/posts/three.md", HEAD.format("Three") + "## Only English\n")
    site.write("static/images/a.svg", "<svg/>")
    site.write("content/en/posts/bundle/index.md", HEAD.format("Bundle") + "Text.\n")
    site.write("content/en/posts/bundle/b.svg", "<svg/>")
    library = Library.read(site.settings)
    fault = SiteLinks(site.settings, library).fault
    report = check(site.settings, ["posts/one"], link_fault=fault, library=library)
    return [(finding.line, finding.rule, finding.message) for finding in report.findings]


GOOD = [
    "/posts/two/",
    "/zh/posts/two/",
    "/posts/two/#a-part",
    "../two/",
    "two.md",
    "two.md#a-part",
    "#here",
    "/posts/three/#only-english",
    "/images/a.svg",
    "/posts/bundle/b.svg",
    "/atom.xml",
    "/",
    "https://example.org/nowhere",
    "mailto:a@example.org",
]
BAD = [
    ("/posts/tow/", "nothing is there"),
    ("../tow/", "nothing is there"),
    ("tow.md", "nothing is there"),
    ("/images/b.svg", "nothing is there"),
    ("/posts/two/#apart", "that page has no part `#apart`"),
    ("/posts/two/#部分", "that page has no part `#部分`"),
    ("#there", "that page has no part `#there`"),
]


def test_links_that_lead_somewhere(site):
    lines = "\n\n".join(f"[链接]({address})" for address in GOOD)
    assert findings(site, f"## Here\n\n{lines}\n", f"## 这里\n\n{lines}\n") == []


@pytest.mark.parametrize(("address", "reason"), BAD)
def test_links_that_do_not(site, address, reason):
    body = f"## {{}}\n\n[链接]({address})\n"
    ((line, rule, message),) = findings(site, body.format("Here"), body.format("这里"))
    assert (line, rule) == (6, "links")
    assert message.endswith(f"is broken: {reason}.")


def test_equations_with_a_label(site):
    body = "$$\n\\begin{equation}\\label{eq:one two}x\\end{equation}\n$$\n\n[a](#eq:one%20two) [b](#eq:two)\n"
    ((line, _, message),) = findings(site, body, body)
    assert line == 8
    assert "`#eq:two`" in message


def test_images_and_html(site):
    body = '![图](nothing.png)\n\n<a id="mark" href="/posts/two/">x</a> <a href="#mark">y</a> <img src="/no.png">\n'
    assert [(line, rule) for line, rule, _ in findings(site, body, body)] == [(4, "links"), (6, "links")]


def test_a_page_that_is_held_back_is_no_broken_link(site):
    site.write("content/en/posts/later.md", "---\ntitle: Later\ndraft: true\n---\nText.\n")
    site.write("content/en/posts/future.md", "---\ntitle: Future\ndate: 2999-01-01\n---\nText.\n")
    body = "[a](/posts/later/) [b](/posts/future/)\n"
    assert findings(site, body, body) == []


def test_without_a_plan_of_the_site_the_rest_is_checked(site):
    site.pair("a", HEAD.format("A") + "Takes 30.\n", HEAD.format("甲") + "需要 3。\n")
    site.write("content/en/b.md", "---\nslug: a\n---\nText.\n")
    result = CliRunner().invoke(command, [], obj=site.root)
    assert result.exit_code == 1
    assert "content/zh/a.md:4: error numbers" in result.stdout
    assert "same address" in result.stderr
