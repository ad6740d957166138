"""The demo's own steps, by themselves."""

import pytest

from flows.demo_site import approve_proven, copy_site, point_at, read_back
from pipeline.config import load
from pipeline.errors import ConfigError
from pipeline.publishing import publish
from pipeline.publishing.local import LocalStore
from pipeline.site import build
from pipeline.translation import translate
from tests.engines.servers import LibreTranslateServer


def test_the_copy_is_fresh_and_the_original_untouched(site):
    (site / "public").mkdir()
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    copy = copy_site(site, site / ".pipeline" / "demo")
    (copy.root / "leftover").touch()
    copy = copy_site(site, site / ".pipeline" / "demo")
    assert sorted(path.name for path in copy.root.iterdir()) == ["content", "pipeline.toml"]
    assert (copy.root / "content/zh/.source/about.md").is_file()
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_a_directory_without_a_site_is_left_as_it_is(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "mine").touch()
    with pytest.raises(ConfigError):
        copy_site(tmp_path, tmp_path / "demo")
    assert (tmp_path / "demo" / "mine").exists()


@pytest.mark.parametrize(
    "text", ["", '[translation]\nengine = ["google", "pseudo"]\n', "[engines.google]\nretries = 4\n"]
)
def test_it_publishes_nowhere_else_whatever_the_configuration(tmp_path, text):
    (tmp_path / "pipeline.toml").write_text(text)
    settings = load(tmp_path)
    store = LocalStore()
    pointed = point_at(settings, store.settings(settings.publish), base_url="http://127.0.0.1:1")
    assert pointed.publish == store.settings(settings.publish)
    assert pointed.site.base_url == "http://127.0.0.1:1"
    for name in settings.translation.engines:
        assert pointed.engine(name).retries == 0
        assert pointed.engine(name).timeout <= 5


def test_only_reviewed_words_are_approved(site, monkeypatch):
    about = site / "content/en/about.md"
    about.write_text(about.read_text().replace("\n\nIts pages are small.", ""))  # nothing new in it
    with LibreTranslateServer() as server:
        monkeypatch.setenv("PIPELINE_ENGINES__LIBRETRANSLATE__URL", server.url)
        settings = load(site)
        report = translate(settings)
    assert [post.post for post in report.posts] == ["about", "posts/first"]
    assert not report.needs_person, "the engine's draft is complete, and yet a machine's"
    assert approve_proven(settings, report) == [("about", "zh")]
    assert (site / "drafts/zh/posts/first.md").is_file()


def test_pages_are_read_back_from_the_bucket(site, tmp_path):
    with LocalStore() as store:
        settings = point_at(load(site), store.settings(load(site).publish), base_url=store.website_url)
        build(settings)
        publish(settings.public, settings.publish, root=settings.root)
        home, chinese, about, missing = read_back(settings, [("about", "zh"), ("nothing", "zh")])
        assert (home.status, chinese.status, about.status, missing.status) == (200, 200, 200, 404)
        assert chinese.url == f"{store.website_url}/zh/"
        assert "关于" in about.title
        assert "一个小网站" in chinese.title
    assert read_back(settings)[0].status == 0
