"""What Markdown becomes: each case is a post, what must be in its HTML, and what must not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.site.conftest import PNG, Site
from tests.site.links import Document, broken_links

CASES = {
    "code": (
        "```python {1,3} title=x.py\ndef f(): return '<b>'\n```\n",
        [
            '<div class="code" data-language="Python" data-copy="Copy" data-copied="Copied">',
            '<p class="code-title">x.py</p><pre tabindex="0"><code class="language-python"><span class="line marked">',
            ">def</span>",
            "&lt;b&gt;",
        ],
        ["<b>", "data-line"],
    ),
    "code with an odd name": ("```text:\n<x>\n```\n", ['<code class="language-text">&lt;x&gt;'], ["data-language"]),
    "unknown language": ("```nosuch\n<x>\n```\n", ["&lt;x&gt;"], ["<x>"]),
    "numbered lines": (
        '```go {linenos=true,linenostart=9,hl_lines="2 4-5"}\na\n"""b\nc"""\n```\n',
        ['<span class="line" data-line="9">', '<span class="line marked" data-line="10">', 'data-line="11"'],
        ['data-line="12"'],
    ),
    "a token over two lines": (
        '```python {2}\n"""a\nb"""\n```\n',
        ['<span class="sd">&#34;&#34;&#34;a</span></span>\n<span class="line marked"><span class="sd">b&#34;'],
        [],
    ),
    "a diff": ("```diff\n-a\n+b\n```\n", ['<span class="gd">-a', '<span class="gi">+b'], []),
    "a long block": ("```\n" + "x\n" * 50 + "```\n", ['<div class="code long"', 'data-unfold="Show all 50 lines"'], []),
    "indented code": ("    <x>\n", ["&lt;x&gt;"], ["<x>"]),
    "table": (
        "| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n",
        [
            '<div class="table" role="group" aria-label="Table" tabindex="0"><table>',
            '<th class="center" scope="col">b',
            '<td class="right">3',
        ],
        ["style="],
    ),
    "alert": (
        "> [!WARNING]\n> Mind.\n",
        ['<div class="aside warning" role="note">', '<p class="aside-title">Warning</p>'],
        ["[!"],
    ),
    "container": ("::: tip Do this\nText\n:::\n", ['<div class="aside tip" role="note">', ">Do this</p>"], [":::"]),
    "container without a title": ("::: note\nText\n:::\n", ['<p class="aside-title">Note</p>'], []),
    "details": ("::: details More\nText\n:::\n", ["<details><summary>More</summary>", "</details>"], []),
    "other container": ("::: columns\nText\n:::\n", ['<div class="container columns">'], []),
    "tasks": (
        "- [x] done\n- [ ] open\n",
        ['<input type="checkbox" disabled checked aria-label="Done">', 'aria-label="To do"', '<ul class="tasks">'],
        [],
    ),
    "inline note": (
        "A^[*B* C] and D^[E].\n",
        ['<a href="#fn2" id="fnref2" role="doc-noteref">2</a>', '<li id="fn1"><p><em>B</em> C'],
        ["^["],
    ),
    "footnote": (
        "A[^n] and B[^n].\n\n[^n]: Note\n",
        [
            '<a href="#fn1" id="fnref1" role="doc-noteref">1</a>',
            'id="fnref1-1"',
            '<li id="fn1">',
            'role="doc-endnotes"',
        ],
        [],
    ),
    "math": (
        "Inline $a<b$.\n\n$$\nx^2\n$$\n",
        [
            'Inline <span class="glue"><math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>.</span>',
            '<div class="math" tabindex="0"><math display="block"><msup><mi>x</mi><mn>2</mn></msup></math></div>',
        ],
        ["<script", "style="],
    ),
    "aligned math": (
        "$$\n\\begin{aligned} a &= b \\\\ c &= d \\end{aligned} \\tag{*}\n$$\n",
        ['<mtr><mtd class="m-r m-pr"><mi>a</mi></mtd><mtd class="m-l m-pl"><mo>=</mo><mi>b</mi>', "(*)"],
        [" style=", "&="],
    ),
    "math that builds on other math": (
        "$$\\newcommand{\\F}{x}\\F$$\n\n$$\\begin{equation}\\label{eq:a}y\\end{equation}$$\n\n$\\F$ $\\eqref{eq:a}$\n",
        ["<math><mi>x</mi></math>", '<a href="#eq:a">(1)</a>', 'id="eq:a"'],
        [],
    ),
    "definition": ("Term\n: What it is\n", ["<dl>", "<dt>Term</dt>", "<dd>What it is</dd>"], []),
    "heading": ("## A part\n", ['<h2 id="a-part">A part <a class="anchor" href="#a-part"'], []),
    "two headings": ("## One\n\n### Two\n", ['<h3 id="two">Two <a class="anchor" href="#two"'], []),
    "named heading": ("## A part {#here .wide}\n", ['<h2 id="here" class="wide">A part'], ["{#"]),
    "breaks": ("a  \nb\nc\n", ["<p>a<br>\nb\nc</p>"], ["<br />"]),
    "raw html": (
        '<div class="x">\n\n*a* <kbd>Ctrl</kbd>\n\n</div>\n',
        ['<div class="x">', "<em>a</em>", "<kbd>Ctrl</kbd>"],
        [],
    ),
    "control characters": ("A\x00B\x07C\x1bD\n", ["BCD"], ["\x07", "\x1b"]),
    "highlight": (
        '{{< highlight go "linenos=table" >}}\nfunc main() {}\n{{< /highlight >}}\n',
        ['data-language="Go"'],
        ["{{"],
    ),
    "details shortcode": (
        '{{< details "More" >}}\n\ninside\n\n{{< /details >}}\n',
        ["<details><summary>More</summary>", "</details>"],
        ["{{"],
    ),
    "video": (
        "{{< youtube dQw4w9WgXcQ >}}\n",
        ['<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">'],
        ["<iframe", "{{"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_markdown(site: Site, name: str) -> None:
    body, present, absent = CASES[name]
    site.post("en/posts/x.md", f"Before.\n\n{body}")
    report = site.build()
    html = site.html("posts/x")
    prose = html[html.index('<div class="prose"') : html.index('<footer class="post-footer"')]
    for piece in present:
        assert piece in prose
    for piece in absent:
        assert piece not in prose
    assert not report.warnings
    assert broken_links(site.public, "https://example.org") == []


def test_an_image_alone_is_a_figure(site: Site) -> None:
    site.write("content/en/posts/x/dot.png", PNG)
    site.post("en/posts/x/index.md", 'Text ![in *line*](dot.png "tip").\n\n![alone](dot.png "A caption")\n')
    site.build()
    html = site.html("posts/x")
    assert '<img src="/posts/x/dot.png" alt="in line" title="tip" width="3" height="2" decoding="async">' in html
    assert (
        '<figure><img src="/posts/x/dot.png" alt="alone" width="3" height="2" loading="lazy" decoding="async">'
        "<figcaption>A caption</figcaption></figure>" in html
    )


def test_a_figure_shortcode(site: Site) -> None:
    site.write("content/en/posts/x/dot.png", PNG)
    site.post("en/posts/x/index.md", '{{< figure src="dot.png" alt="Dot" caption="A \\"dot\\"" link="/posts/x/" >}}\n')
    assert not site.build().warnings
    html = site.html("posts/x")
    assert '<figure><a href="/posts/x/"><img src="/posts/x/dot.png" alt="Dot"' in html
    assert "<figcaption>A &#34;dot&#34;</figcaption>" in html


def test_an_unknown_shortcode_is_text_and_a_warning(site: Site) -> None:
    site.post("en/posts/x.md", "One.\n\nTwo {{< bilibili BV1 >}}.\n")
    (warning,) = site.build().warnings
    assert "{{&lt; bilibili BV1 &gt;}}" in site.html("posts/x")
    assert (warning.path, warning.line) == (site.root / "content/en/posts/x.md", 6)
    assert "bilibili" in warning.message
    assert warning.remedy


@pytest.mark.parametrize(
    "tex", ["x \\nosuch y", "a & b", "\\frac{a", "\\def\\x{\\x\\x}\\x", "\\href{javascript:1}{x}", "\\ce{H2O}"]
)
def test_math_that_cannot_be_shown_is_source_and_a_warning(site: Site, tex: str) -> None:
    path = site.post("en/posts/x.md", f"One.\n\nTwo ${tex}$ three.\n\n$$\n{tex}\n$$\n\nAnd $y$.\n")
    inline, block = site.build().warnings
    html = site.html("posts/x")
    source = tex.replace("&", "&amp;")
    assert f'<span class="math"><code>{source}</code></span>' in html
    assert f'<div class="math" tabindex="0"><code>{source}' in html
    assert "<math><mi>y</mi></math>" in html
    assert [(warning.path, warning.line) for warning in (inline, block)] == [(path, 6), (path, 9)]
    assert inline.remedy


def test_refs_of_hugo(bilingual: Site) -> None:
    body = (
        '[a]({{< ref "second" >}}) [b]({{< relref "/posts/second.md#more" >}}) [c]({{% ref "posts/second" %}} "t")\n'
        '<a href="{{< ref "about" >}}">d</a> `[e]({{< ref "second" >}})` {{< relref "about.md" >}}\n'
    )
    bilingual.post("en/posts/third.md", body)
    bilingual.translated("posts/third.md", body)
    assert not bilingual.build().warnings
    html = bilingual.html("posts/third")
    assert '<a href="/posts/second/">a</a> <a href="/posts/second/#more">b</a>' in html
    assert '<a href="/posts/second/" title="t">c</a>' in html
    assert '<a href="/about/">d</a> <code>[e]({{&lt; ref &#34;second&#34; &gt;}})</code> /about/' in html
    assert '<a href="/zh/posts/second/#more">b</a>' in bilingual.html("zh/posts/third")


def test_a_ref_that_leads_nowhere(site: Site) -> None:
    path = site.post("en/posts/x.md", '[a](/)\n\n[b]({{< ref "nowhere" >}})\n')
    (warning,) = site.build().warnings
    assert (warning.path, warning.line) == (path, 6)
    assert "nowhere" in warning.message


def test_labels_are_in_the_language_of_the_text(bilingual: Site) -> None:
    body = "> [!NOTE]\n> Text.\n\n- [x] it\n"
    bilingual.post("en/posts/third.md", body)
    bilingual.translated("posts/third.md", body)
    bilingual.post("en/posts/fourth.md", body)
    bilingual.build()
    assert '<p class="aside-title">说明</p>' in bilingual.html("zh/posts/third")
    assert 'aria-label="已完成"' in bilingual.html("zh/posts/third")
    assert '<p class="aside-title">Note</p>' in bilingual.html("zh/posts/fourth")


def test_headings_of_a_translation_have_the_ids_of_its_source(site: Site) -> None:
    english = "## One\n\n### Two\n\n## One\n\n> ## Quoted {#q}\n"
    site.post("en/posts/x.md", english)
    site.translated("posts/x.md", "## 一\n\n### 二\n\n## 一\n\n> ## 引用\n")
    site.post("en/posts/y.md", english)
    site.translated("posts/y.md", "## 一\n\n## 多出来的\n")
    site.build()
    assert [name for name in Document(site.html("zh/posts/x")).ids if name != "main"] == ["one", "two", "one-1", "q"]
    assert [name for name in Document(site.html("zh/posts/y")).ids if name != "main"] == ["一", "多出来的"]


def test_headings_keep_their_ids_while_the_source_has_moved_on(site: Site) -> None:
    site.post("en/posts/x.md", "## One\n\n## New\n\n## Two\n")
    then = "---\ntitle: Title\n---\n## One\n\n## Two\n"
    site.translated("posts/x.md", "## 一\n\n## 二\n", english=then)
    site.build()
    assert '<h2 id="two">二' in site.html("zh/posts/x")


def test_the_first_heading_is_the_title_where_there_is_no_other(site: Site) -> None:
    site.write("content/en/posts/x.md", "# A *title* {#t}\n\nText.\n")
    site.write("content/en/posts/no-title-at-all.md", "Text.\n")
    site.build()
    assert '<h1 lang="en">A title</h1>' in site.html("posts/x")
    assert site.html("posts/x").count("<h1") == 1
    assert '<h1 lang="en">No title at all</h1>' in site.html("posts/no-title-at-all")


@pytest.mark.parametrize("end", ["", "- "])
def test_a_shortcode_that_is_not_closed_in_its_block_is_text(site: Site, end: str) -> None:
    site.post("en/posts/x.md", f"- {{{{< details >}}}}\n{end}\n{end}{{{{< /details >}}}}\n")
    (warning,) = site.build().warnings
    assert warning.line == 4
    assert "<details" not in site.html("posts/x")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "", "", "> ", "- ", "  "]),
            st.sampled_from(
                [
                    "# a",
                    "* b",
                    "> c",
                    "| d | e |",
                    "|---|---|",
                    "::: tip x",
                    ":::",
                    "```",
                    "[f](",
                    "![g](h)",
                    "[i](../..)",
                    "{{< details >}}",
                    "{{< /details >}}",
                    "{{< figure src=x >}}",
                    "[^1]",
                    "[^1]: n",
                    "$$",
                    "$k$",
                    "- [ ] l",
                    "> [!NOTE]",
                    "<b>",
                    "</b>",
                    "{#id}",
                    "\\",
                    "&amp;",
                    "\x00",
                    "中文**粗**",
                    "  ",
                    "term",
                    ": def",
                    "    code",
                    "[m](http://[::1)",
                    "[n](%zz)",
                    "`",
                    "~~~",
                ]
            ),
        ),
        max_size=12,
    )
)
def test_no_post_breaks_the_build(tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]]) -> None:
    scratch = Site(tmp_path_factory.mktemp("site"))
    scratch.write("content/en/posts/x.md", "\n".join(map("".join, lines)))
    scratch.build()
    raw = {"<b>", "</b>"} & {line for _, line in lines}
    page = Document(scratch.html("posts/x"))
    assert raw or not page.faults
    assert len(page.all("main")) == 1
