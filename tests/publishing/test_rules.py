from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.config import PublishSettings, load
from pipeline.errors import ConfigError, PublishError
from pipeline.publishing import publish
from pipeline.publishing.contents import read_site
from pipeline.publishing.redirects import REDIRECTS
from pipeline.publishing.s3 import S3Store
from tests.publishing.conftest import SITE

MakeSite = Callable[..., Path]

TOML = """
[publish]
target = "s3://b"
precompress = ["*.html", "feed.xml"]
[publish.files."*.xml"]
cache_control = "public, max-age=60"
[publish.files."feed.xml"]
content_type = "application/atom+xml"
headers = { Content-Language = "en", x-amz-meta-kind = "feed" }
[publish.files."images/*"]
cache_control = "no-store"
"""


def test_headers_by_pattern_the_last_counts(make_site: MakeSite, tmp_path: Path) -> None:
    (tmp_path / "pipeline.toml").write_text(TOML)
    site = read_site(make_site(), load(tmp_path, {}).publish)
    feed = site["feed.xml"]
    assert (feed.content_type, feed.cache_control) == ("application/atom+xml", "public, max-age=60")
    assert feed.headers == (("content-language", "en"), ("x-amz-meta-kind", "feed"))
    assert (feed.encoding, site["zh/index.html"].encoding, site["sitemap.xml"].encoding) == ("gzip", "gzip", "")
    assert site["images/图 1.png"].cache_control == "no-store"
    assert site["sitemap.xml"].content_type == "application/xml; charset=utf-8"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[publish.files."*"]\ncache = "x"', "cache_control"),
        ('[publish.files."*"]\nheaders = { Set-Cookie = "x" }', "S3 does not store 'Set-Cookie'"),
        ('[publish.files."*"]\ncontent_type = "text/html\\r\\nX: y"', "printable"),
        ('[publish]\nstate = "a/b"', "one name"),
        ("[publish]\nkeep = -1", "keep"),
    ],
)
def test_what_cannot_be_stored_is_a_fault_of_the_configuration(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "pipeline.toml").write_text(text)
    with pytest.raises(ConfigError, match=message):
        load(tmp_path, {})


def test_they_arrive_in_the_bucket_and_a_change_of_them_is_one(
    make_site: MakeSite, settings: PublishSettings, s3: S3Store
) -> None:
    rules = PublishSettings.model_validate({"files": {"feed.xml": {"headers": {"Content-Language": "zh"}}}}).files
    zipped = settings.model_copy(update={"precompress": ["*.html"], "files": rules})
    publish(make_site(), settings)
    report = publish(make_site(), zipped)
    assert {action.reason for action in report.actions} == {"headers changed"}
    assert report.uploaded == 1 + sum(path.endswith(".html") for path in SITE)
    page = s3.client.get_object(Bucket=s3.bucket, Key="blog/index.html")
    assert page["ContentEncoding"] == "gzip"
    assert gzip.decompress(page["Body"].read()).decode() == SITE["index.html"]
    assert s3.client.head_object(Bucket=s3.bucket, Key="blog/feed.xml")["ContentLanguage"] == "zh"
    assert publish(make_site(), zipped).requests == 1


def test_redirects_are_stored_with_their_pages(
    make_site: MakeSite, settings: PublishSettings, s3: S3Store, caplog: pytest.LogCaptureFixture
) -> None:
    directory = make_site({**SITE, "old/index.html": "moved"})
    (directory / REDIRECTS).write_text(json.dumps({"/old/": "/文章/?a=b#c", "/lost/": "/x/"}))
    with caplog.at_level(logging.WARNING):
        publish(directory, settings)
    old = s3.client.head_object(Bucket=s3.bucket, Key="blog/old/index.html")
    assert old["WebsiteRedirectLocation"] == "/%E6%96%87%E7%AB%A0/?a=b#c"
    assert "redirect of lost/index.html is left out" in caplog.text
    (directory / REDIRECTS).write_text(json.dumps({"/old/": "https://example.org/"}))
    assert [action.reason for action in publish(directory, settings).actions] == ["headers changed"]


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"old": "/new/"}', '{"/old/": "javascript:x"}', '{"/old/": 1}', '{"/o/": "/%s"}' % ("x" * 2000)],
)
def test_redirects_that_cannot_be_used_are_refused(make_site: MakeSite, text: str) -> None:
    directory = make_site()
    (directory / REDIRECTS).write_text(text)
    with pytest.raises(PublishError, match=r"redirects cannot be used"):
        read_site(directory, PublishSettings())


def test_the_manifest_is_kept_where_it_is_said(make_site: MakeSite, settings: PublishSettings, s3: S3Store) -> None:
    elsewhere = settings.model_copy(update={"state": "_releases", "keep": 2})
    publish(make_site(), elsewhere)
    publish(make_site({**SITE, "index.html": "x"}), elsewhere)
    keys = {found["Key"] for found in s3.client.list_objects_v2(Bucket=s3.bucket)["Contents"]}
    hidden = {key for key in keys if key.removeprefix("blog/") not in SITE}
    assert len(hidden) == 2
    assert all(key.startswith("blog/_releases/") for key in hidden)
    assert publish(make_site({**SITE, "index.html": "x"}), elsewhere).requests == 1
    with pytest.raises(PublishError, match="`state` is '_releases'"):
        publish(make_site({**SITE, "_releases/index.html": "x"}), elsewhere)


def test_settings_are_strict() -> None:
    with pytest.raises(ValidationError):
        PublishSettings.model_validate({"cloudfront": {"max_paths": 0}})
