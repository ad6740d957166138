"""A branch's site below the published one, and gone when the branch ends."""

import re

import pytest

from pipeline.config.publishing import CloudFrontSettings
from pipeline.errors import ConfigError
from pipeline.preview import end_preview, preview
from pipeline.publishing import publish
from pipeline.publishing.local import LocalStore
from pipeline.review.names import preview_path
from pipeline.site import build
from tests.publishing.test_cdn import cloudfront_of, distributed, invalidated
from tests.review.branches.conftest import BRANCH


@pytest.fixture
def published(here, tmp_path):
    """A site that is published to a directory."""
    here.write("pipeline.toml", here.read("pipeline.toml") + f'[publish]\ntarget = "{tmp_path / "live"}"\n')
    here.write("pipeline.toml", '[site]\nbase_url = "https://example.org/blog"\n' + here.read("pipeline.toml"))
    build(here.settings)
    publish(here.settings.public, here.settings.publish, root=here.root)
    return here


def files(place):
    return {str(p.relative_to(place)): p.read_bytes() for p in place.rglob("*") if p.is_file()}


def test_a_preview_comes_and_goes(published, tmp_path):
    live = tmp_path / "live"
    before = files(live)
    made = preview(published.settings, BRANCH)
    assert made.url == f"https://example.org/blog/preview/{BRANCH}/"
    place = live / "preview" / BRANCH
    page = (place / "zh/posts/foo/index.html").read_text()
    assert "ƒîîŕšţ" in page, "the draft is shown"
    for path in place.rglob("*.html"):
        assert re.search(r'<meta name="robots" content="noindex', path.read_text()), path
    english, chinese = (place / "index.html").read_text(), (place / "zh/index.html").read_text()
    assert f'<p class="bar whole" role="status">A preview of {BRANCH}: nothing of it is published.</p>' in english
    assert f">{BRANCH} 的预览，尚未发布。</p>" in chinese
    assert f"/preview/{BRANCH}/" in page, "links stay within the preview"
    assert before.items() <= files(live).items()
    assert preview(published.settings, BRANCH).report.uploaded == 0
    report = publish(published.settings.public, published.settings.publish, root=published.root, verify=True)
    assert (report.uploaded, report.deleted) == (0, 0), "the published site does not mind"
    assert (place / "index.html").is_file()
    assert end_preview(published.settings, BRANCH) > 5
    left = files(live)
    assert all("/.pipeline/" in name for name in left if name not in before)
    assert before.items() <= left.items()
    assert end_preview(published.settings, BRANCH) == 0
    assert preview(published.settings, BRANCH).report.uploaded > 5, "one that comes back is whole"


def test_in_a_bucket_too(published, tmp_path):
    with LocalStore(tmp_path) as store:
        settings = published.settings.model_copy(update={"publish": store.settings(published.settings.publish)})
        publish(settings.public, settings.publish, root=published.root)
        made = preview(settings, BRANCH)
        assert made.report.uploaded > 5
        report = publish(settings.public, settings.publish, root=published.root, verify=True)
        assert (report.uploaded, report.deleted) == (0, 0)
        assert end_preview(settings, BRANCH) == made.report.uploaded
        assert end_preview(settings, BRANCH) == 0
        assert preview(settings, BRANCH).report.uploaded == made.report.uploaded


def test_the_cdn_is_told_of_the_previews_own_addresses(published, tmp_path):
    with LocalStore(tmp_path) as store:
        client = cloudfront_of(store)
        cdn = CloudFrontSettings(distribution=distributed(client), endpoint_url=store.endpoint_url, path="/blog")
        target = store.settings(published.settings.publish).model_copy(update={"cloudfront": cdn})
        settings = published.settings.model_copy(update={"publish": target})
        preview(settings, "b")
        published.write("drafts/zh/posts/foo.md", published.read("drafts/zh/posts/foo.md").replace("ƒîîŕšţ", "FIRST"))
        assert "was told" in preview(settings, "b").report.cdn
        (paths,) = invalidated(client, cdn.distribution)
        assert "/blog/preview/b/zh/posts/foo/" in paths
        assert all(path.startswith("/blog/preview/b/") for path in paths)


@pytest.mark.parametrize("branch", ["", "../x", "a//b", "a/../b", "/a", "."])
def test_a_name_that_would_lead_elsewhere_is_refused(branch):
    with pytest.raises(ConfigError):
        preview_path(branch)


def test_names_that_no_address_may_hold_stay_apart():
    assert preview_path("a/b") == "preview/a/b"
    assert preview_path("a%b") != preview_path("a+b")
    assert re.fullmatch(r"[A-Za-z0-9._/-]+", preview_path("中 文?#"))
