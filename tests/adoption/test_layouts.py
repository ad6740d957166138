"""The ways in which a Hugo site keeps its languages apart, and the names that its pages have."""

import pytest

from pipeline.errors import ConfigError
from tests.adoption.old_site import CHINESE, CONFIG, ENGLISH, post

EN, ZH = post("A", *ENGLISH), post("A", *CHINESE)
DIRECTORIES = """\
baseURL: https://example.org/
defaultContentLanguage: en
defaultContentLanguageInSubdir: true
languages:
  en: {languageName: English, contentDir: content/english}
  zh-cn: {languageName: 简体中文, contentDir: content/chinese}
"""
MOUNTS = """\
[languages.en]
[languages.zh]
[[module.mounts]]
source = "texts/en"
target = "content"
lang = "en"
[[module.mounts]]
source = "texts/zh"
target = "content"
lang = "zh"
"""
LAYOUTS = {
    "names": ({"hugo.toml": CONFIG}, "content/posts/a/index.en.md", "content/posts/a/index.zh-cn.md"),
    "names in capitals": ({"config.toml": CONFIG}, "content/posts/a/index.md", "content/posts/a/index.zh-CN.md"),
    "plain files": ({"hugo.toml": CONFIG}, "content/posts/a.md", "content/posts/a.zh-cn.md"),
    "no configuration": ({}, "content/posts/a.md", "content/posts/a.zh.md"),
    "no configuration, Chinese first": ({}, "content/posts/a.en.md", "content/posts/a.md"),
    "configured directories": (
        {"hugo.yaml": DIRECTORIES},
        "content/english/posts/a.md",
        "content/chinese/posts/a.md",
    ),
    "directories by name": ({}, "content/en/posts/a.md", "content/zh/posts/a.md"),
    "directories beside a list of languages": (
        {"hugo.toml": CONFIG},
        "content/en/posts/a.md",
        "content/zh-cn/posts/a.md",
    ),
    "one within the other": (
        {"hugo.toml": '[languages.en]\ncontentDir="content"\n[languages.zh]\ncontentDir="content/zh"\n'},
        "content/posts/a.md",
        "content/zh/posts/a.md",
    ),
    "mounts": ({"hugo.toml": MOUNTS}, "texts/en/posts/a.md", "texts/zh/posts/a.md"),
    "a directory of settings": (
        {
            "config/_default/hugo.toml": 'defaultContentLanguage = "en"\n',
            "config/_default/languages.en.toml": 'languageName = "English"\n',
            "config/_default/languages.zh-cn.toml": 'languageName = "简体中文"\n',
        },
        "content/posts/a/index.md",
        "content/posts/a/index.zh-cn.md",
    ),
    "json": (
        {"config.json": '{"DefaultContentLanguage": "zh", "Languages": {"zh": {}, "en": {"weight": 2}}}'},
        "content/posts/a.en.md",
        "content/posts/a.md",
    ),
    "bundle and file": ({"hugo.toml": CONFIG}, "content/posts/a.md", "content/posts/a/index.zh-cn.md"),
    "other endings": ({"hugo.toml": CONFIG}, "content/posts/a.markdown", "content/posts/a.zh-cn.md"),
    "other spellings": ({"hugo.toml": CONFIG}, "content/posts/A.md", "content/posts/a.zh-cn.md"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_becomes_ours(adoption, name):
    settings, english, chinese = LAYOUTS[name]
    adoption.site(None)
    for path, text in settings.items():
        adoption.old.write(path, text)
    adoption.old.write(english, EN)
    adoption.old.write(chinese, ZH)
    report = adoption.run()
    assert (report.source, report.targets, report.posts) == ("en", ["zh"], 1)
    key = report.adopted[0].post
    assert key.lower() == "posts/a"
    states = adoption.states()
    assert states[key].state == "current"
    texts = {path.relative_to(adoption.root).as_posix(): path.read_text() for path in adoption.root.rglob("*.md")}
    assert sorted(texts.values()) == sorted([EN, EN, ZH])
    assert {path.split("/")[1] for path in texts} == {"en", "zh"}


def test_addresses_stay(adoption):
    for config, prefixes in (
        (CONFIG, ["", "zh-cn"]),
        (CONFIG.replace('= "en"', '= "zh-cn"'), ["en", ""]),
        ("defaultContentLanguageInSubdir = true\n" + CONFIG, ["en", "zh-cn"]),
    ):
        adoption.tmp_path = adoption.tmp_path / "next"
        adoption.root = adoption.tmp_path / "new"
        adoption.site(config)
        adoption.both("a")
        adoption.run()
        settings = adoption.settings
        assert [settings.prefix(locale) for locale in ("en", "zh")] == prefixes


def test_both_chineses_and_a_language_that_was_not_asked_for(adoption):
    adoption.site(CONFIG + "[languages.zh-tw]\n[languages.fr]\n")
    adoption.both("a")
    adoption.old.write("content/posts/a/index.zh-tw.md", post("a", "## 這是什麼", *CHINESE[1:]))
    adoption.old.write("content/posts/a/index.fr.md", post("a", "Bonjour."))
    report = adoption.run()
    assert report.targets == ["zh", "zh-tw"]
    assert "content/zh-tw/posts/a/index.md" in adoption.files()
    assert not [name for name in adoption.files() if "fr" in name.split("/")]
    assert "--target fr" in next(entry.reason for entry in report.left_out if entry.path == "[fr]")
    adoption.root = adoption.tmp_path / "french"
    assert adoption.run(targets=["fr"]).targets == ["fr"]
    assert adoption.settings.targets == ["fr"]


def test_a_chinese_source(adoption):
    adoption.both("a")
    report = adoption.run(source="zh-cn", targets=["en"])
    assert (report.source, report.targets) == ("zh", ["en"])
    assert adoption.read("content/en/.source/posts/a/index.md") == post("a", *CHINESE)
    assert adoption.states()["posts/a"].state == "current"


def test_a_name_that_ends_like_a_language_is_no_language(adoption):
    adoption.old.write("content/posts/node.js.md", EN)
    adoption.old.write("content/posts/v1.2.md", EN)
    adoption.old.write("content/posts/node.js.zh-cn.md", ZH)
    report = adoption.run()
    assert sorted([pair.post for pair in report.adopted] + [post.post for post in report.missing]) == [
        "posts/node.js",
        "posts/v1.2",
    ]
    assert [pair.post for pair in report.adopted] == ["posts/node.js"]


def test_translations_with_names_of_their_own(adoption):
    adoption.site(CONFIG)
    adoption.old.write("content/about/index.md", post("About", *ENGLISH, extra="translationKey: about-us\n"))
    adoption.old.write("content/关于/index.zh-cn.md", post("关于", *CHINESE, extra="translationKey: about-us\n"))
    adoption.old.write("content/关于/照片.png", b"photo")
    adoption.old.write("content/about/photo.png", b"english photo")
    report = adoption.run()
    assert adoption.states()["about"].state == "current"
    assert ("关于", "about") in [(change.was, change.now) for change in report.mapped]
    assert (adoption.root / "content/zh/about/照片.png").read_bytes() == b"photo"
    assert (adoption.root / "content/en/about/photo.png").read_bytes() == b"english photo"


def test_files_beside_posts_go_with_them(adoption):
    adoption.both("a")
    adoption.both("only", english=None)
    adoption.both("Big Post", chinese=None)
    adoption.old.write("content/posts/big-post/index.zh-cn.md", ZH)
    for name in ("a/图 1.png", "a/sub/x.svg", "a/photo.zh-cn.png", "only/y.png", "big-post/z.png"):
        adoption.old.write(f"content/posts/{name}", name.encode())
    adoption.old.write("content/posts/loose.pdf", b"pdf")
    adoption.old.write("static/.well-known/me", b"me")
    adoption.old.write("static/图/a.png", b"a")
    report = adoption.run()
    other = adoption.files() - {name for name in adoption.files() if name.endswith(".md")}
    assert other == {
        "pipeline.toml",
        "glossary.csv",
        ".gitignore",
        "content/en/posts/a/图 1.png",
        "content/en/posts/a/sub/x.svg",
        "content/en/posts/a/photo.zh-cn.png",
        "content/zh/posts/a/photo.png",
        "content/en/posts/Big Post/z.png",
        "content/en/posts/loose.pdf",
        "static/.well-known/me",
        "static/图/a.png",
    }
    assert [entry.path for entry in report.left_out if entry.path.endswith("/")] == ["posts/only/"]


def test_what_hugo_gives_no_page_stays_out(adoption):
    adoption.both("a")
    adoption.old.write("content/posts/a/part.md", EN)
    adoption.old.write("content/posts/a/deep/index.md", EN)
    adoption.old.write("content/posts/headless/index.md", post("H", *ENGLISH, extra="headless: true\n"))
    adoption.old.write("content/posts/never.md", post("N", *ENGLISH, extra="build:\n  render: never\n"))
    adoption.old.write("content/posts/page.html", b"---\ntitle: x\n---\n<p>x</p>")
    adoption.old.write("content/posts/doc.adoc", b"= x")
    adoption.old.write("content/posts/twice.md", EN)
    adoption.old.write("content/posts/twice.en.md", EN)
    report = adoption.run()
    assert report.posts == 2
    assert {entry.path for entry in report.left_out} == {
        "content/posts/a/part.md",
        "content/posts/a/deep/index.md",
        "content/posts/headless/index.md",
        "content/posts/never.md",
        "content/posts/page.html",
        "content/posts/doc.adoc",
        "content/posts/twice.md",
    }


def test_a_site_in_one_language_is_ready_for_another(adoption):
    adoption.site(None)
    adoption.old.write("content/posts/a.md", EN)
    report = adoption.run()
    assert report.targets == ["zh"]
    assert [(post.post, post.locale) for post in report.missing] == [("posts/a", "zh")]
    assert adoption.states()["posts/a"].state == "missing"


@pytest.mark.parametrize(
    ("files", "options", "said"),
    [
        ({}, {}, "not a Hugo site"),
        ({"README.md": "# hello"}, {}, "not a Hugo site"),
        ({"content/a.txt": "x"}, {}, "not a Hugo site"),
        ({"content/a.md": "x", "hugo.toml": "title = "}, {}, "hugo.toml: cannot be read"),
        ({"content/a.md": "x", "config/_default/menus.yaml": "a: [1"}, {}, "menus.yaml"),
        ({"content/a.md": "x", "hugo.toml": CONFIG}, {"targets": ["ja"]}, "no language `ja`"),
        ({"content/a.md": "x", "hugo.toml": CONFIG}, {"targets": ["en"]}, "cannot be a target"),
        ({"content/zh/a.md": "x", "content/ja/a.md": "x"}, {"targets": ["ja"]}, "--source"),
    ],
)
def test_what_cannot_be_adopted(adoption, files, options, said):
    adoption.site(None)
    for name, text in files.items():
        adoption.old.write(name, text)
    with pytest.raises(ConfigError) as caught:
        adoption.run(**options)
    assert said in str(caught.value)
    assert caught.value.remedy
    assert not adoption.root.exists()


def test_no_directory(tmp_path, adoption):
    from pipeline.adoption import adopt

    with pytest.raises(ConfigError, match="there is no directory"):
        adopt(tmp_path / "nowhere", adoption.root)
