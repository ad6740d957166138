"""What [theme] and [site] change without a template; a third language; HTML that is not trusted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.commands.new import new
from pipeline.errors import ConfigError
from pipeline.site.sanitise import sanitised
from tests.site.conftest import Site
from tests.site.links import Document, broken_links, document

THEME = """
[theme]
menu = ["archive", { page = "about", label = { zh = "我们" } }, { url = "https://x.org/", label = "Code" }]
social = { GitHub = "https://github.com/x" }
footer = { en = "<b>Mine</b>", zh = "我的" }
head = '<meta name="x" content="y">'
body_end = '<p id="end"></p>'
colours = { accent = ["#123456", "#abcdef"] }
fonts = { text = "Georgia, serif" }
share = { Mastodon = "https://x.org/?u={url}&t={title}" }
giscus = { repo = "a/b", repo-id = "c" }
"""


def test_the_theme_of_the_configuration(bilingual: Site) -> None:
    bilingual.configure(site='edit_url = "https://x.org/edit/{path}"', locales=THEME)
    assert not bilingual.build().warnings
    html, chinese = bilingual.html("posts/first"), bilingual.html("zh/posts/first")
    menus = [re.search(r'<nav class="menu".*?</nav>', page, re.DOTALL)[0] for page in (html, chinese)]
    assert re.findall(r'href="([^"]*)"[^>]*>([^<]*)<', menus[0]) == [
        ("/archive/", "Archive"), ("/about/", "About"), ("https://x.org/", "Code"),
    ]  # fmt: skip
    assert re.findall(r">([^<]*)</a>", menus[1]) == ["归档", "我们", "Code"]
    assert '<a rel="me" href="https://github.com/x">GitHub</a>' in html
    assert '<span class="note"><b>Mine</b></span>' in html
    assert '<span class="note">我的</span>' in chinese
    assert '<meta name="x" content="y">\n</head>' in html
    assert '<p id="end"></p>\n</body>' in html
    assert '<a href="https://x.org/edit/content/en/posts/first.md">' in html
    share = "https://x.org/?u=https%3A%2F%2Fexample.org%2Fposts%2Ffirst%2F&amp;t=First"
    assert f'<a href="{share}">Mastodon</a>' in html
    assert '<script src="https://giscus.app/client.js" data-repo="a/b" data-repo-id="c"' in html
    (style,) = bilingual.public.glob("assets/site.*.css")
    assert "--accent: light-dark(#123456, #abcdef);" in style.read_text()
    assert style.read_text().rindex("--text: Georgia, serif;") > style.read_text().index("--text:")


@pytest.mark.parametrize(
    "line",
    ['menu = ["nowhere"]', 'menu = [{ label = "x" }]', 'colours = { accent = ["red"] }', 'fonts = { text = "x}" }',
     'share = { X = "javascript:1" }', "foo = 1"],
)  # fmt: skip
def test_mistakes_in_it(bilingual: Site, line: str) -> None:
    bilingual.configure(locales=f"[theme]\n{line}")
    with pytest.raises(ConfigError) as caught:
        bilingual.build()
    assert caught.value.remedy
    assert line.split(" ")[0] in str(caught.value)


def test_a_third_language_is_a_file_and_a_section(bilingual: Site) -> None:
    bilingual.configure(
        locales='[locales.ja]\nname = "日本語"\ntitle = "下書き"\n'
        '[translation]\ntargets = ["zh", "ja"]\n[theme.fonts]\ntext = "Gill Sans"\n'
    )
    bilingual.write("theme/strings/ja.toml", 'date = "{year}年{month}月{day}日"\nlatest = "最新記事"\n')
    bilingual.write("content/ja/.source/posts/first.md", (bilingual.root / "content/en/posts/first.md").read_text())
    bilingual.post(
        "ja/posts/first.md", "こんにちは。\n\n## 部分\n", title="最初", date="2026-01-02", tags="[Python, C++]"
    )
    assert not bilingual.build().warnings
    assert broken_links(bilingual.public, "https://example.org") == []
    page = document(bilingual.public / "ja/posts/first/index.html")
    assert page.all("html")[0]["lang"] == "ja"
    assert {link["hreflang"] for link in page.all("link", rel="alternate") if "hreflang" in link} == {
        "en", "zh-CN", "ja", "x-default",
    }  # fmt: skip
    assert "2026年1月2日" in bilingual.html("ja/posts/first")
    assert '<h2 id="a-part">部分' in bilingual.html("ja/posts/first")
    assert "最新記事" in bilingual.html("ja")
    assert "Skip to the content" in bilingual.html("ja")
    assert next(link["href"] for link in page.all("a", hreflang="zh-CN")) == "/zh/posts/first/"
    (style,) = bilingual.public.glob("assets/site.*.css")
    assert ":root:lang(ja)" in style.read_text()


BAD = '<script>x()</script><p onclick="x()" style="color:red" class="ok">T</p><iframe src="/"></iframe>'
BAD += '<a href="javascript:x()">a</a><form action="https://x.org"><input name="q"></form><style>p{}</style>'


@pytest.mark.parametrize("where", ["site", "locale", "post"])
def test_html_that_is_not_trusted(site: Site, where: str) -> None:
    markdown = "\n\n- [x] done\n\n```python {1}\nx\n```\n\n$x^2$ [^n]\n\n| a |\n|--|\n| b |\n\n[^n]: note\n"
    if where == "site":
        site.configure(site='raw_html = "sanitised"')
    elif where == "locale":
        (site.root / "pipeline.toml").write_text(
            (site.root / "pipeline.toml").read_text().replace("[locales.zh]", 'raw_html = "sanitised"\n[locales.zh]')
        )
    site.post("en/posts/x.md", BAD + markdown, **({"raw_html": "sanitised"} if where == "post" else {}))
    site.post("en/posts/y.md", markdown)
    site.build()
    html = site.html("posts/x")
    prose = html[html.index('<div class="prose"') : html.index('<footer class="post-footer"')]
    for piece in ("x()", "onclick", "style=", "iframe", "javascript:", "<form", 'name="q"', "p{}"):
        assert piece not in prose.replace("displaystyle=", "")
    for piece in ('<p class="ok">T</p>', "<math>", 'class="line marked"', 'type="checkbox"', 'role="doc-noteref"'):
        assert piece in prose
    assert broken_links(site.public, "https://example.org") == []


def test_html_is_trusted_where_nothing_else_is_said(site: Site) -> None:
    site.post("en/posts/x.md", '<p data-x="1">T</p>\n', raw_html="trusted")
    site.build()
    assert '<p data-x="1">' in site.html("posts/x")


@settings(deadline=None)
@given(st.text(alphabet="<>/\"= abci'scriptonx:&;jv", max_size=60))
def test_nothing_that_runs_is_left(text: str) -> None:
    page = Document(sanitised(text))
    for tag, values in page.tags:
        assert tag not in {"script", "style", "iframe"}
        assert not [name for name in values if name.startswith("on") or name == "style"]


@pytest.mark.parametrize(
    ("arguments", "path", "title"),
    [
        (["posts/foo", 'A "title": 标题'], "posts/foo.md", 'A "title": 标题'),
        (["posts/foo-bar/"], "posts/foo-bar/index.md", "Foo bar"),
        (["posts/foo.md", "--bundle"], "posts/foo/index.md", "Foo"),
    ],
)
def test_a_new_post(site: Site, arguments: list[str], path: str, title: str) -> None:
    result = CliRunner().invoke(new, arguments, obj=site.root)
    assert result.exit_code == 0, result.output
    assert path in result.output
    assert (site.root / "content/en" / path).is_file()
    site.build()
    assert not (site.public / "posts").exists()
    site.build(drafts=True)
    (page,) = site.public.glob("posts/*/index.html")
    assert document(page).meta("og:title") == title
    again = CliRunner().invoke(new, [arguments[0]], obj=site.root)
    assert "is there already" in str(again.exception)


@pytest.mark.parametrize("name", ["../x", "/x", "posts/../../x", ".source/x", "posts//x", "C:/x"])
def test_a_new_post_stays_inside(site: Site, name: str) -> None:
    before = sorted(site.root.rglob("*"))
    assert CliRunner().invoke(new, [name], obj=site.root).exit_code == 2
    assert sorted(site.root.rglob("*")) == before
    assert not list(Path(site.root.parent).glob("x.md"))
