"""The main job on real input: English in, a published bilingual site out; then one sentence is edited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.request import urlopen

import pytest

from pipeline.config import Settings, load
from pipeline.content import Library
from pipeline.markdown import difference
from pipeline.publishing import publish
from pipeline.publishing.local import LocalStore
from pipeline.review import approve
from pipeline.site import build
from pipeline.translation import TranslationReport, detect, translate
from pipeline.translation.document import Document
from tests.engines.servers import LibreTranslateServer
from tests.pseudo_chinese import pseudo_chinese

INPUTS = [
    *sorted(Path(__file__).parent.glob("data/*.md")),
    *sorted((Path(__file__).parents[2] / "shared" / "seed").glob("*.md")),
]

CONFIG = """\
[site]
title = "Scratch"
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
[translation]
engine = "libretranslate"
[engines.libretranslate]
url = "{url}"
"""


@pytest.fixture(scope="module")
def store() -> Iterator[LocalStore]:
    with LocalStore() as started:
        yield started


@pytest.fixture
def server() -> Iterator[LibreTranslateServer]:
    with LibreTranslateServer(translate=pseudo_chinese) as started:
        yield started


class Site:
    """A scratch site with one post, and what a user would do with it."""

    def __init__(self, root: Path, text: bytes, server: LibreTranslateServer, store: LocalStore) -> None:
        (root / "pipeline.toml").write_text(CONFIG.format(url=server.url), encoding="utf-8")
        self.root, self.server, self.store = root, server, store
        self.english = root / "content/en/posts/me.md"
        self.english.parent.mkdir(parents=True)
        self.english.write_bytes(text)
        self.chinese = root / "content/zh/posts/me.md"
        self.snapshot = root / "content/zh/.source/posts/me.md"
        self.draft = root / "drafts/zh/posts/me.md"

    @property
    def settings(self) -> Settings:
        return load(self.root, env={})

    def state(self) -> tuple[str, int]:
        (found,) = detect(self.settings)
        return found.state, found.changed

    def translate(self) -> tuple[TranslationReport, list[str]]:
        """The report, and every text that was sent meanwhile."""
        known = len(self.server.texts)
        return translate(self.settings), self.server.texts[known:]

    def publish(self) -> tuple[str, str]:
        """Build and publish; both pages as a reader gets them."""
        build(self.settings, base_url=self.store.website_url)
        publish(self.root / "public", self.store.settings(self.settings.publish), allow_deletions=True)
        return self.get("/posts/me/"), self.get("/zh/posts/me/")

    def get(self, path: str) -> str:
        with urlopen(self.store.website_url + path, timeout=30) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"].startswith("text/html")
            return answer.read().decode()


def words(html: str) -> str:
    """What a reader reads in the article of a page."""
    article = re.search(r"<article.*?</article>", html, re.DOTALL)
    assert article
    return " ".join(unescape(re.sub(r"<[^>]+>", "", article[0])).split())


def sentence_to_edit(text: str) -> str:
    """The last sentence of the first paragraph without markup that has several."""
    for line in text.split("\n"):
        if re.fullmatch(r"[A-Z][^*`|<>\[\]#]+[.!?] [A-Z][^*`|<>\[\]#]+[.!?]", line):
            return re.split(r"(?<=[.!?]) (?=[A-Z])", line)[-1]
    raise AssertionError("there is no such paragraph")


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_one_post_from_english_to_a_published_page_and_one_edited_sentence(tmp_path, path, server, store):
    site = Site(tmp_path, path.read_bytes(), server, store)
    segments = Document.of(Library.read(site.settings).source.posts["posts/me"], ["title"])
    state, changed = site.state()
    assert (state, changed) == ("missing", segments.segments)

    report, sent = site.translate()
    assert not report.failed
    assert not report.needs_person
    (post,) = report.posts
    assert (post.draft, post.counts.machine) == ("drafts/zh/posts/me.md", changed)
    assert len(sent) == len(set(sent)) == len({s.message for unit in segments.units for s in unit.segments})
    assert not site.chinese.exists()
    assert site.state() == ("in review", 0)
    before = site.draft.stat().st_mtime_ns
    report, sent = site.translate()
    assert (report.posts, sent, site.draft.stat().st_mtime_ns) == ([], [], before)

    assert approve(site.settings, ["posts/me"]).approved == [("posts/me", "zh")]
    assert site.snapshot.read_bytes() == site.english.read_bytes()
    assert not site.draft.exists()
    assert site.state() == ("current", 0)
    approved = site.chinese.read_text(encoding="utf-8")
    assert difference(_body(site.english), _body(site.chinese)) is None
    english, chinese = site.publish()
    old = sentence_to_edit(path.read_text(encoding="utf-8"))
    assert old in words(english)
    assert pseudo_chinese(old) in words(chinese)
    assert 'lang="zh-CN"' in chinese
    for page in (english, chinese):
        for code in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", path.read_text(encoding="utf-8")):
            assert code in unescape(page)
        for address in re.findall(r"\]\((http[^)\s]+)\)", path.read_text(encoding="utf-8")):
            assert f'href="{address}"' in unescape(page)

    new = old[:-1] + ", whichever day of the week it is" + old[-1]
    site.english.write_text(site.english.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert site.state() == ("stale", 1)
    report, sent = site.translate()
    assert not report.needs_person
    (post,) = report.posts
    assert (post.counts.machine, post.counts.kept) == (1, post.counts.total - 1)
    assert len(sent) == 1
    assert new in sent[0]
    draft = site.draft.read_text(encoding="utf-8")
    assert draft.count(pseudo_chinese(new)) == 1
    assert draft.replace(pseudo_chinese(new), pseudo_chinese(old)) == approved
    assert site.chinese.read_text(encoding="utf-8") == approved

    assert approve(site.settings, everything=True).approved == [("posts/me", "zh")]
    english, chinese = site.publish()
    assert new in words(english)
    assert pseudo_chinese(new) in words(chinese)
    assert site.state() == ("current", 0)


def _body(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("---\n", 2)[2]
