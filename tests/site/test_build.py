"""The whole build: what is written, what is left alone, and that nothing in it leads nowhere."""

from __future__ import annotations

import errno
import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.content import Library
from pipeline.errors import BuildError, ContentError
from pipeline.site import BuildReport
from pipeline.site.output import MARKER
from tests.site.conftest import NOW, Site
from tests.site.links import broken_links, document


def built(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path.name != MARKER
    }


def test_a_bilingual_site(bilingual: Site) -> None:
    report = bilingual.build()
    assert not report.warnings
    assert {
        "index.html", "404.html", "zh/index.html", "zh/404.html", "atom.xml", "rss.xml", "zh/atom.xml", "zh/rss.xml",
        "posts/index.html", "posts/first/index.html", "posts/second/index.html", "posts/second/dot.png",
        "zh/posts/first/index.html", "zh/posts/second/index.html", "about/index.html", "zh/about/index.html",
        "tags/index.html", "tags/python/index.html", "tags/c-plus-plus/index.html", "zh/tags/c-plus-plus/index.html",
        "categories/guide/index.html", "zh/categories/guide/index.html", "sitemap.xml", "robots.txt",
        "images/logo.svg",
    } <= bilingual.files().keys()  # fmt: skip
    assert not (bilingual.public / "zh/posts/second/dot.png").exists()
    assert broken_links(bilingual.public, "https://example.org") == []
    assert report.pages == len(list(bilingual.public.rglob("*.html")))


def test_the_report_as_json(bilingual: Site) -> None:
    report = bilingual.build()
    data = report.to_json()
    assert list(data) == ["pages", "written", "unchanged", "removed", "seconds"]
    assert json.loads(json.dumps(data)) == data
    assert (data["written"], data["unchanged"], data["removed"]) == (len(bilingual.files()), 0, 0)
    assert isinstance(data["seconds"], float)


def test_a_second_build_touches_nothing(bilingual: Site) -> None:
    first = bilingual.build()
    before, mark = bilingual.files(), (bilingual.public / MARKER).stat().st_mtime_ns
    second = bilingual.build(library=Library.read(bilingual.settings))
    assert bilingual.files() == before
    assert (bilingual.public / MARKER).stat().st_mtime_ns == mark
    assert (second.written, second.removed, second.unchanged) == (0, 0, first.written)


def test_an_edit_writes_what_shows_it(bilingual: Site) -> None:
    bilingual.build()
    before = bilingual.files()
    about = bilingual.root / "content/en/about.md"
    about.write_text(about.read_text().replace("Me.", "Myself."))
    report = bilingual.build()
    changed = {name for name, state in bilingual.files().items() if state != before[name]}
    # The Chinese page now says that the English has changed.
    shown = {"about/index.html", "zh/about/index.html"}
    assert changed == shown | {"about/index.md", "llms.txt", "search/index.json", "search/0.json"}
    assert (report.written, report.removed) == (len(changed), 0)


def test_what_is_gone_is_removed(bilingual: Site) -> None:
    bilingual.build()
    (bilingual.root / "content/en/posts/second/index.md").unlink()
    (bilingual.root / "content/en/posts/second/dot.png").unlink()
    report = bilingual.build()
    assert report.removed == 4  # the picture, the post as Markdown, and its page in both languages
    assert not (bilingual.public / "posts/second").exists()
    assert not (bilingual.public / "zh/posts/second").exists()


def test_the_same_bytes_wherever_it_is_built(bilingual: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    bilingual.build()
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    bilingual.build(out=elsewhere)
    contents = {name: data for name, (_, data) in bilingual.files().items()}
    assert contents == built(elsewhere)


@pytest.mark.parametrize("base", ["https://example.org/blog", "https://example.org/a/b"])
def test_below_a_path(bilingual: Site, base: str) -> None:
    bilingual.build(base_url=base)
    assert broken_links(bilingual.public, base) == []
    page = document(bilingual.public / "zh/posts/first/index.html")
    assert page.all("link", rel="canonical")[0]["href"] == f"{base}/zh/posts/first/"
    assert base in (bilingual.public / "sitemap.xml").read_text()


@pytest.mark.parametrize("prefixes", [("en", "zh"), ("en", ""), ("", "cn/simplified")])
def test_prefixes(bilingual: Site, prefixes: tuple[str, str]) -> None:
    text = (bilingual.root / "pipeline.toml").read_text()
    for locale, prefix in zip(("en", "zh"), prefixes, strict=True):
        text = text.replace(f"[locales.{locale}]", f'[locales.{locale}]\nprefix = "{prefix}"')
    (bilingual.root / "pipeline.toml").write_text(text)
    report = bilingual.build()
    assert not report.warnings
    assert broken_links(bilingual.public, "https://example.org") == []
    assert (bilingual.public / "index.html").is_file()
    assert (bilingual.public / "404.html").is_file()


def test_posts_come_and_go_with_time(site: Site) -> None:
    site.post("en/posts/future.md", title="Future", date="2026-06-01T15:00:00")
    site.post("en/posts/due.md", title="Due", date="2026-07-01", publishDate="2026-05-01")
    site.post("en/posts/over.md", title="Over", date="2026-01-01", expiryDate="2026-06-01T14:00:00")
    site.post("en/posts/draft.md", title="Draft", draft="true")
    shown = lambda: {path.parent.name for path in (site.public / "posts").glob("*/index.html")}  # noqa: E731
    site.build()  # noon in UTC is two o'clock in Berlin
    assert shown() == {"due"}
    site.build(now=NOW - timedelta(minutes=1))
    assert shown() == {"due", "over"}
    site.build(now=NOW + timedelta(hours=1))
    assert shown() == {"due", "future"}
    site.build(now=datetime(2026, 6, 1, 15), drafts=True)
    assert shown() == {"due", "future", "draft"}
    assert "Draft" in site.html("")


def test_drafts_are_shown_as_drafts(bilingual: Site) -> None:
    snapshot = (bilingual.root / "content/en/posts/second/index.md").read_text()
    bilingual.write(
        "drafts/zh/posts/second/index.md",
        "---\ntitle: 第二篇\ndate: 2026-02-03\n---\n机器译文。\n\n## 更多\n\n"
        "Left. <!-- pipeline: untranslated -->\n\nNearly. <!-- pipeline: fuzzy 90% -->\n",
    )
    bilingual.write("drafts/zh/.source/posts/second/index.md", snapshot)
    bilingual.build()
    assert "机器译文" not in bilingual.html("zh/posts/second")
    bilingual.build(drafts=True)
    html = bilingual.html("zh/posts/second")
    assert "机器译文" in html
    assert "尚未经过审校" in html
    assert '<h2 id="more">' in html
    assert "Left. <mark>尚未翻译</mark>" in html
    assert "Nearly. <mark>取自相似文本</mark>" in html
    page = document(bilingual.public / "zh/posts/second/index.html")
    assert page.meta("robots") == "noindex"
    assert page.all("link", rel="alternate", hreflang="zh-CN") == []
    assert broken_links(bilingual.public, "https://example.org") == []


def test_a_failed_build_leaves_the_last_good_one(bilingual: Site) -> None:
    bilingual.build()
    before = bilingual.files()
    bilingual.write("theme/post.html", "{{ 1 / 0 }}")
    bilingual.post("en/posts/new.md")
    with pytest.raises(BuildError, match="division by zero") as caught:
        bilingual.build()
    assert caught.value.path == str(bilingual.root / "theme/post.html")
    assert caught.value.line == 1
    assert bilingual.files() == before


def test_an_unreadable_post_keeps_its_pages(bilingual: Site) -> None:
    bilingual.build()
    before = bilingual.files()
    bundle = bilingual.root / "content/en/posts/second/index.md"
    good = bundle.read_text()
    bundle.write_text("---\ntitle: [\n---\n")
    bilingual.post("en/posts/third.md", title="Third")
    report = bilingual.build()
    assert [type(warning) for warning in report.warnings if isinstance(warning, ContentError)] == [ContentError]
    assert (bilingual.public / "posts/third/index.html").is_file()
    assert bilingual.files()["posts/second/index.html"] == before["posts/second/index.html"]
    assert bilingual.files()["posts/second/dot.png"] == before["posts/second/dot.png"]
    bilingual.build()
    assert bilingual.files()["posts/second/index.html"] == before["posts/second/index.html"]
    bundle.write_text(good)
    assert not bilingual.build().warnings
    bundle.unlink()
    bilingual.build()
    assert not (bilingual.public / "posts/second/index.html").exists()


def test_an_unreadable_translation_keeps_its_page_too(bilingual: Site) -> None:
    bilingual.build()
    page = bilingual.html("zh/posts/first")
    bilingual.write("content/zh/posts/first.md", "---\ntitle: [\n---\n")
    report = bilingual.build()
    assert len(report.warnings) == 1
    assert bilingual.html("zh/posts/first") == page
    assert broken_links(bilingual.public, "https://example.org") == []
    (bilingual.root / "content/zh/posts/first.md").unlink()
    bilingual.build()
    assert "Hello" in bilingual.html("zh/posts/first")


def test_killed_between_two_files_nothing_is_half_written(bilingual: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The replacement of a file is the only moment of change, so being stopped at any of them leaves whole files."""
    bilingual.build()
    good = {name: data for name, (_, data) in bilingual.files().items()}
    bilingual.configure(site='untranslated = "hide"')
    bilingual.build(out=bilingual.root / "expected")
    expected = built(bilingual.root / "expected")
    replace, calls = os.replace, []

    def dying(source: str | Path, target: str | Path) -> None:
        calls.append(target)
        if len(calls) == 4:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        bilingual.build()
    monkeypatch.undo()
    for name, (_, data) in bilingual.files().items():
        if not name.endswith(".tmp"):
            assert data in (good.get(name), expected.get(name)), name
    assert json.loads((bilingual.public / MARKER).read_text())["state"] == "writing"
    bilingual.build()
    assert {name: data for name, (_, data) in bilingual.files().items()} == expected


@pytest.mark.parametrize("name", ["posts/first", "posts/first/index.html/notes.txt"])
@pytest.mark.parametrize("there", [True, False])
def test_a_file_and_a_folder_of_one_name(bilingual: Site, name: str, *, there: bool) -> None:
    if there:
        bilingual.build()
    before = bilingual.files()
    path = bilingual.write(f"static/{name}", "mine")
    with pytest.raises(BuildError, match="two things want to be /posts/first") as caught:
        bilingual.build()
    assert caught.value.path == path
    assert bilingual.files() == before


@pytest.mark.parametrize("there", [True, False])
def test_an_address_below_a_page(bilingual: Site, *, there: bool) -> None:
    if there:
        bilingual.build()
    before = bilingual.files()
    bilingual.post("en/posts/new.md", aliases="[/posts/first/index.html/x/]")
    with pytest.raises(BuildError, match=r"want to be /posts/first/index\.html: a file, and a folder with"):
        bilingual.build()
    assert bilingual.files() == before


@pytest.mark.parametrize("name", ["public", "elsewhere"])
def test_a_directory_that_is_not_ours_is_refused(bilingual: Site, name: str) -> None:
    precious = bilingual.write(f"{name}/precious.txt", "mine")
    with pytest.raises(BuildError, match="not made by"):
        bilingual.build(out=bilingual.root / name)
    assert [path.name for path in precious.parent.iterdir()] == ["precious.txt"]


@pytest.mark.parametrize("name", [".", "content", "content/en/posts", "static/x", ".."])
def test_a_directory_that_holds_the_source_is_refused(bilingual: Site, name: str) -> None:
    before = sorted(path for path in bilingual.root.rglob("*"))
    with pytest.raises(BuildError, match="cannot hold"):
        bilingual.build(out=bilingual.root / name)
    assert sorted(path for path in bilingual.root.rglob("*")) == before


def test_links_in_the_output_are_not_followed(bilingual: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    bilingual.build()
    outside = tmp_path_factory.mktemp("outside")
    (outside / "keep.txt").write_text("mine")
    shutil.copy(bilingual.public / "about/index.html", outside)  # the very bytes that are to be written
    mine = {path.name: path.read_bytes() for path in outside.iterdir()}
    for name in ("posts/first", "about", "gone"):
        target = bilingual.public / name
        if target.exists():
            shutil.rmtree(target)
        target.symlink_to(outside)
    bilingual.build()
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == mine
    assert not (bilingual.public / "about").is_symlink()
    assert "Me." in bilingual.html("about")
    assert "Hello" in bilingual.html("posts/first")
    assert not (bilingual.public / "gone").exists()


def test_a_folder_becomes_a_file_and_back(site: Site) -> None:
    site.write("static/thing/a.txt", "a")
    site.build()
    (site.root / "static/thing/a.txt").unlink()
    (site.root / "static/thing").rmdir()
    site.write("static/thing", "file")
    site.build()
    assert (site.public / "thing").read_text() == "file"
    (site.root / "static/thing").unlink()
    site.write("static/thing/a.txt", "a")
    site.build()
    assert (site.public / "thing/a.txt").read_text() == "a"


def test_an_empty_site_can_be_built(site: Site) -> None:
    report = site.build()
    assert isinstance(report, BuildReport)
    assert not report.warnings
    assert broken_links(site.public, "https://example.org") == []


def test_the_site_may_be_on_another_file_system(bilingual: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    bilingual.build()
    real, refused = os.replace, []

    def replace(source: str | Path, target: str | Path) -> None:
        if Path(source).parent != Path(target).parent:  # as the kernel answers where these are two file systems
            refused.append(source)
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    out = bilingual.root.parent / "elsewhere"
    umask = os.umask(0o027)
    try:
        bilingual.build(out=out)
    finally:
        os.umask(umask)
    assert refused
    assert built(out) == built(bilingual.public)
    assert {path.stat().st_mode & 0o777 for path in out.rglob("*.html")} == {0o640}


def test_a_file_that_is_written_again_keeps_its_permissions(bilingual: Site) -> None:
    bilingual.build()
    page = bilingual.public / "about/index.html"
    page.chmod(0o640)
    path = bilingual.root / "content/en/about.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    bilingual.build()
    assert "More." in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o777 == 0o640


def test_progress_counts_articles_and_pages(bilingual: Site) -> None:
    told: list[tuple[int, int]] = []
    report = bilingual.build(progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {told[-1][0]}, "it ends where it said it would"
    assert told[-1][0] > report.pages
    bilingual.write("static/other.txt", "x")
    told.clear()
    bilingual.build(progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1], "what is as it was counts, too"
