"""pipeline.toml from the settings of the old site."""

import tomllib

import pytest

from tests.adoption.old_site import CHINESE, CONFIG, ENGLISH, post

FULL = """\
baseURL = "https://wentao.example/blog/"
title = 'A "quoted" title'
timeZone = "Asia/Shanghai"
enableEmoji = true
paginate = 12
defaultContentLanguage = "en"
[author]
  name = "叶文涛"
[permalinks]
  posts = "/:year/:slug/"
[taxonomies]
  series = "series"
[params]
  description = "Notes on systems"
  defaultTheme = "auto"
[[menu.main]]
  name = "Posts"
  url = "/posts/"
[languages.en]
  title = "My site"
  languageName = "English"
[languages.zh-CN]
  title = "我的网站"
  languageName = "简体中文"
  languageCode = "zh-CN"
  [languages.zh-CN.params]
    description = "系统笔记"
  [[languages.zh-CN.menu.main]]
    name = "文章"
    url = "/posts/"
"""


def test_what_has_a_counterpart(adoption):
    adoption.site(FULL)
    adoption.both("a")
    report = adoption.run()
    settings = adoption.settings
    assert settings.site.title == 'A "quoted" title'
    assert settings.site.base_url == "https://wentao.example/blog"
    assert settings.site.author == "叶文涛"
    assert settings.site.description == "Notes on systems"
    assert settings.site.timezone == "Asia/Shanghai"
    english, chinese = settings.locales["en"], settings.locales["zh"]
    assert (english.title, english.name, settings.prefix("en")) == ("My site", "English", "")
    assert (chinese.title, chinese.name, chinese.description) == ("我的网站", "简体中文", "系统笔记")
    assert (settings.language("zh"), settings.prefix("zh")) == ("zh-CN", "zh-cn")
    assert report.taken["locales.zh.title"] == "我的网站"


def test_what_has_none_is_told_once(adoption):
    adoption.site(FULL)
    adoption.both("a")
    adoption.old.write("layouts/index.html", "x")
    adoption.old.write("themes/t/theme.toml", "x")
    told = {entry.path: entry.reason for entry in adoption.run().left_out}
    assert set(told) == {
        "hugo.toml: menu",
        "hugo.toml: enableemoji",
        "hugo.toml: paginate",
        "hugo.toml: permalinks",
        "hugo.toml: taxonomies",
        "hugo.toml: params",
        "layouts/",
        "themes/",
    }
    assert "defaulttheme" in told["hugo.toml: params"]
    assert "aliases" in told["hugo.toml: permalinks"]


@pytest.mark.parametrize(
    ("line", "warning", "base_url"),
    [
        ('baseURL = "/"', "base_url", "http://localhost:8000"),
        ('baseURL = "//example.org/x/"', "", "https://example.org/x"),
        ("", "base_url", "http://localhost:8000"),
    ],
)
def test_addresses(adoption, line, warning, base_url):
    adoption.site(CONFIG.replace('baseURL = "https://example.org/"', line))
    adoption.both("a")
    report = adoption.run()
    assert adoption.settings.site.base_url == base_url
    assert bool(report.warnings) is bool(warning)
    assert warning in " ".join(report.warnings)


def test_an_unknown_time_zone_is_no_failure(adoption):
    adoption.site('timeZone = "Mars/Olympus"\n' + CONFIG)
    adoption.both("a")
    assert "Mars/Olympus" in adoption.run().warnings[0]


def test_fields_that_the_translators_translated_are_translated_on(adoption):
    for slug in "abc":
        adoption.both(
            slug,
            extra="linkTitle: Name\nauthor: Ye\nlayout: wide\ntags: [x]\n",
            zh_extra="linkTitle: 名称\nauthor: 叶\nlayout: wide\ntags: [标签]\n",
        )
    report = adoption.run()
    assert tomllib.loads(adoption.read("pipeline.toml"))["translation"]["fields"] == [
        "title",
        "summary",
        "description",
        "linkTitle",
    ]
    assert dict(report.kept) == {"linkTitle": 6, "author": 6, "layout": 6}


def test_shortcodes_that_are_not_rendered_are_counted(adoption):
    text = (*ENGLISH, "{{< mapbox 1 2 >}}", "in `{{< code >}}`", "```\n{{< fenced >}}\n```", "{{</* escaped */>}}")
    english = post("a", *text, '{{< Figure src="a.png" >}} {{% admonition %}}x{{% /admonition %}}')
    adoption.old.write("content/a.md", english)
    adoption.old.write("content/a.zh-cn.md", post("a", *CHINESE, "{{< mapbox 1 2 >}}"))
    report = adoption.run(shortcodes={"figure"})
    assert dict(report.shortcodes) == {"mapbox": 2, "admonition": 1}
