"""Between the languages: notices, alternates, canonical addresses, switchers, shared terms, inherited fields."""

from __future__ import annotations

import pytest

from tests.site.conftest import Site
from tests.site.links import Document, broken_links, document


def alternates(page: Document) -> dict[str, str]:
    return {values["hreflang"]: values["href"] for values in page.all("link", rel="alternate") if "hreflang" in values}


def switcher(page: Document) -> dict[str, str]:
    return {
        values["hreflang"]: values["href"] for values in page.all("a") if values.get("lang") and "hreflang" in values
    }


def test_a_translated_post(bilingual: Site) -> None:
    bilingual.build()
    english, chinese = (document(bilingual.public / f"{p}posts/first/index.html") for p in ("", "zh/"))
    both = {
        "en": "https://example.org/posts/first/",
        "zh-CN": "https://example.org/zh/posts/first/",
        "x-default": "https://example.org/posts/first/",
    }
    assert alternates(english) == alternates(chinese) == both
    assert chinese.all("html")[0]["lang"] == "zh-CN"
    assert chinese.all("link", rel="canonical")[0]["href"] == both["zh-CN"]
    assert switcher(english) == {"zh-CN": "/zh/posts/first/"}
    assert switcher(chinese) == {"en": "/posts/first/"}
    assert english.all("div", role="note") == chinese.all("div", role="note") == []
    assert chinese.meta("og:locale") == "zh_CN"
    assert chinese.meta("description") == "你好，世界。参见第二篇和关于。"


def test_an_untranslated_post_with_a_notice(bilingual: Site) -> None:
    bilingual.build()
    english, chinese = (document(bilingual.public / f"{p}posts/second/index.html") for p in ("", "zh/"))
    assert alternates(english) == alternates(chinese) == {}
    assert chinese.all("link", rel="canonical")[0]["href"] == "https://example.org/posts/second/"
    assert chinese.all("html")[0]["lang"] == "zh-CN"
    assert chinese.all("div", **{"class": "prose"})[0]["lang"] == "en"
    assert "本页尚无中文版，以下是原文（English）。" in chinese.text
    assert switcher(english) == {"zh-CN": "/zh/posts/second/"}
    assert "本页" not in english.text
    assert '<span class="badge" lang="en">English</span>' in bilingual.html("zh/posts")
    assert "Second" not in (bilingual.public / "zh/atom.xml").read_text()
    assert "/zh/posts/second/" not in (bilingual.public / "sitemap.xml").read_text()


def test_a_post_that_is_never_to_be_translated(site: Site) -> None:
    site.post("en/posts/x.md", translate="false")
    site.build()
    assert "本页只有原文（English）。" in site.html("zh/posts/x")


def test_untranslated_posts_hidden(bilingual: Site) -> None:
    bilingual.configure(site='untranslated = "hide"')
    bilingual.build()
    assert not (bilingual.public / "zh/posts/second").exists()
    assert "Second" not in bilingual.html("zh")
    page = document(bilingual.public / "posts/second/index.html")
    assert switcher(page) == {"zh-CN": "/zh/posts/"}
    assert broken_links(bilingual.public, "https://example.org") == []


def test_a_translation_without_a_source(bilingual: Site) -> None:
    bilingual.post("zh/posts/only.md", "只有中文。\n", title="仅中文", date="2026-01-01")
    bilingual.build()
    page = document(bilingual.public / "zh/posts/only/index.html")
    assert alternates(page) == {}
    assert switcher(page) == {"en": "/posts/"}
    assert "仅中文" in (bilingual.public / "zh/atom.xml").read_text()
    assert broken_links(bilingual.public, "https://example.org") == []


@pytest.mark.parametrize(
    ("lastmod", "words"),
    [("", "原文又有改动。"), ("lastmod: 2026-05-04\n", "原文于 2026 年 5 月 4 日又有改动。")],
)
def test_a_translation_that_is_behind_says_so(bilingual: Site, lastmod: str, words: str) -> None:
    source = bilingual.root / "content/en/about.md"
    source.write_text(source.read_text().replace("title: About\n", f"title: About\n{lastmod}").replace("Me.", "I."))
    bilingual.build()
    page = document(bilingual.public / "zh/about/index.html")
    assert words in page.text
    assert "更新于" not in page.text
    assert {"href": "/about/", "hreflang": "en"} in page.all("a")
    assert set(alternates(page)) == {"en", "zh-CN", "x-default"}
    assert "original has changed" not in bilingual.html("about")


def test_an_old_date_of_change_is_not_passed_off_as_the_new_one(site: Site) -> None:
    source = site.post("en/about.md", "Me.\n", lastmod="2026-05-04")
    site.translated("about.md", "我。\n", lastmod="2026-05-04")
    source.write_text(source.read_text().replace("Me.", "I."))
    site.build()
    assert "本文译出之后，原文又有改动。" in site.html("zh/about")


def test_a_translation_follows_what_it_merely_copied(bilingual: Site) -> None:
    """Holding back, re-dating or re-tagging the English needs no new translation."""
    source = bilingual.root / "content/en/posts/first.md"
    then = source.read_text()
    source.write_text(then.replace("2026-01-02", "2026-03-04").replace("[Python, C++]", "[Go]"))
    bilingual.build()
    assert 'datetime="2026-03-04T00:00:00+01:00"' in bilingual.html("zh/posts/first")
    assert "/zh/tags/go/" in bilingual.html("zh/posts/first")
    assert "指南" in bilingual.html("zh/posts/first")
    source.write_text(then.replace("title: First", "title: First\ndraft: true"))
    bilingual.build()
    assert not (bilingual.public / "zh/posts/first").exists()


def test_a_translation_with_a_date_of_its_own_keeps_it(bilingual: Site) -> None:
    target = bilingual.root / "content/zh/posts/first.md"
    target.write_text(target.read_text().replace("2026-01-02", "2026-02-02"))
    bilingual.build()
    assert 'datetime="2026-02-02' in bilingual.html("zh/posts/first")
    target.write_text(target.read_text().replace("title: 第一篇", "title: 第一篇\ndraft: true"))
    bilingual.build()
    assert "Hello" in bilingual.html("zh/posts/first")


def test_a_draft_flag_that_was_copied_does_not_hold_back_for_ever(site: Site) -> None:
    path = site.post("en/posts/x.md", draft="true")
    site.translated("posts/x.md", "译文。\n", draft="true")
    site.build()
    assert not (site.public / "zh/posts/x").exists()
    path.write_text(path.read_text().replace("draft: true", "draft: false"))
    site.build()
    assert "译文。" in site.html("zh/posts/x")


def test_terms_are_the_same_in_both_languages(bilingual: Site) -> None:
    bilingual.build()
    page = document(bilingual.public / "zh/categories/guide/index.html")
    assert switcher(page) == {"en": "/categories/guide/"}
    assert "指南" in page.text
    assert set(alternates(page)) == {"en", "zh-CN", "x-default"}


def test_terms_that_differ_in_capitals_are_one(site: Site) -> None:
    site.post("en/posts/a.md", tags="[python, C, C++, C#]")
    site.post("en/posts/b.md", tags="[Python, 机器学习]")
    site.build()
    assert {path.name for path in (site.public / "tags").iterdir() if path.is_dir()} == {
        "python", "c", "c-plus-plus", "c-sharp", "机器学习",
    }  # fmt: skip
    assert "2 posts" in Document(site.html("tags/python")).text
    assert 'href="/tags/%E6%9C%BA%E5%99%A8%E5%AD%A6%E4%B9%A0/"' in site.html("posts/b")
    assert broken_links(site.public, "https://example.org") == []
