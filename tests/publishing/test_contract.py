"""What every S3 server has to do for us, asked of two that were written by different people.

The second one runs when `PIPELINE_SECOND_S3` is set: to `localstack`, which is installed if need be, or to the address
of any other server that needs no account.
"""

from __future__ import annotations

import gzip
import os
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import PublishSettings
from pipeline.errors import ConflictError, StoreError
from pipeline.publishing import publish, releases, rollback, s3_objects
from pipeline.publishing.examine import examine_target
from pipeline.publishing.paths import MANIFEST_PATH
from pipeline.publishing.s3 import S3Store
from pipeline.publishing.s3_connect import connect
from tests.publishing.conftest import SITE
from tests.publishing.second import Localstack

MakeSite = Callable[..., Path]
SECOND = os.environ.get("PIPELINE_SECOND_S3", "")
START = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if SECOND.startswith("http"):
        yield SECOND
        return
    with Localstack(tmp_path_factory.mktemp("localstack")) as server:
        yield server.endpoint_url


@pytest.fixture(
    params=[
        "moto",
        pytest.param(
            "second", marks=pytest.mark.skipif(not SECOND, reason="set PIPELINE_SECOND_S3=localstack to ask it too")
        ),
    ]
)
def store(request: pytest.FixtureRequest) -> Iterator[S3Store]:
    """An empty bucket's prefix."""
    endpoint = request.getfixturevalue("local").endpoint_url if request.param == "moto" else ""
    settings = PublishSettings(
        target=f"s3://b-{uuid.uuid4().hex}/blog",
        endpoint_url=endpoint or request.getfixturevalue("second"),
        concurrency=4,
        grace_hours=0,
    )
    found = connect(settings, settings.target.split("/")[2], "blog")
    found.client.create_bucket(Bucket=found.bucket)
    yield found
    found.close()


@pytest.fixture
def settings(store: S3Store) -> PublishSettings:
    return PublishSettings(target=store.name, endpoint_url=store.client.meta.endpoint_url, concurrency=4, grace_hours=0)


def content(store: S3Store) -> dict[str, str]:
    found = {item.path: store.read(item.path) for item in store.listing()}
    return {path: stored.data.decode() for path, stored in found.items() if stored}


def head(store: S3Store, path: str) -> Any:
    return store.client.head_object(Bucket=store.bucket, Key=f"blog/{path}")


def test_publish_nothing_change_delete(make_site: MakeSite, settings: PublishSettings, store: S3Store) -> None:
    assert publish(make_site(), settings).requests == len(SITE) + 4
    assert content(store) == SITE
    assert publish(make_site(), settings).requests == 1
    changed = {**SITE, "index.html": "x", "new.html": "y"}
    del changed["feed.xml"]
    assert publish(make_site(changed), settings).requests == 2 + 1 + 3
    assert content(store) == changed
    assert publish(make_site(changed), settings).requests == 1


def test_a_write_under_a_condition(store: S3Store) -> None:
    assert store.refuses_stale_writes()
    one = store.swap(MANIFEST_PATH, b"1", expected=None)
    for stale in (None, '"00000000000000000000000000000000"'):
        with pytest.raises(ConflictError):
            store.swap(MANIFEST_PATH, b"2", expected=stale)
    assert store.swap(MANIFEST_PATH, b"2", expected=one) != one
    with pytest.raises(ConflictError):
        store.swap("missing", b"2", expected=one)


def test_of_eight_writers_at_once_one_wins(store: S3Store, settings: PublishSettings) -> None:
    def race(number: int) -> bool:
        racer = connect(settings, store.bucket, "blog")
        try:
            racer.swap(MANIFEST_PATH, str(number).encode(), expected=None)
        except ConflictError:
            return False
        finally:
            racer.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(race, range(8))) == 1


@pytest.mark.parametrize("history", ["versions", "copies"])
def test_releases_come_back(make_site: MakeSite, settings: PublishSettings, store: S3Store, history: str) -> None:
    if history == "versions":
        store.client.put_bucket_versioning(Bucket=store.bucket, VersioningConfiguration={"Status": "Enabled"})
    else:
        settings = settings.model_copy(update={"keep": 3})
    second = {path: text for path, text in SITE.items() if path != "feed.xml"} | {"图 2.html": "x", "index.html": "2"}
    publish(make_site(), settings, now=START)
    publish(make_site(second), settings, now=START + timedelta(hours=1))
    report = rollback(settings, now=START + timedelta(hours=2))
    assert content(store) == SITE
    assert head(store, "feed.xml")["ContentType"] == "application/xml; charset=utf-8"
    if history == "versions":
        assert report.requests == 2 + 1 + 3
    rollback(settings, now=START + timedelta(hours=3))
    assert content(store) == second
    assert len(releases(settings)) == 4


def test_headers_redirects_and_compression(make_site: MakeSite, settings: PublishSettings, store: S3Store) -> None:
    rules = {"*.xml": {"headers": {"Content-Language": "en", "x-amz-meta-kind": "feed"}}}
    settings = PublishSettings.model_validate({**settings.model_dump(), "precompress": ["zh/*"], "files": rules})
    directory = make_site()
    (directory / ".redirects.json").write_text('{"/404.html": "/zh/"}')
    publish(directory, settings)
    assert head(store, "404.html")["WebsiteRedirectLocation"] == "/zh/"
    assert (head(store, "feed.xml")["ContentLanguage"], head(store, "feed.xml")["Metadata"]) == ("en", {"kind": "feed"})
    page = store.client.get_object(Bucket=store.bucket, Key="blog/zh/index.html")
    assert (page["ContentEncoding"], page["ContentType"]) == ("gzip", "text/html; charset=utf-8")
    assert gzip.decompress(page["Body"].read()).decode() == SITE["zh/index.html"]
    assert head(store, "app.0a1b2c3d.css")["CacheControl"] == "public, max-age=31536000, immutable"
    assert publish(directory, settings, verify=True).actions == ()


def test_names(make_site: MakeSite, settings: PublishSettings, store: S3Store) -> None:
    names = ["a b.html", "a+b%20c.txt", "t~[x]#z?.txt", "sp&=;:@$,'(!)*.txt", "图/片 1.png", "100%.html"]
    publish(make_site({"index.html": "", **dict.fromkeys(names, "x")}), settings)
    assert set(content(store)) == {"index.html", *names}
    publish(make_site({"index.html": ""}), settings, allow_deletions=True)
    assert set(content(store)) == {"index.html"}


def test_a_large_file(
    make_site: MakeSite, settings: PublishSettings, store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_objects, "_IN_PARTS", 6 * 2**20)
    monkeypatch.setattr(s3_objects, "_PART", 5 * 2**20)
    directory = make_site({"index.html": ""})
    (directory / "film.mp4").write_bytes(b"film" * 2 * 2**20)
    publish(directory, settings)
    assert head(store, "film.mp4")["ContentLength"] == 8 * 2**20
    assert "sha256" in head(store, "film.mp4")["Metadata"]
    assert publish(directory, settings, verify=True).actions == ()


def test_drift_is_found(make_site: MakeSite, settings: PublishSettings, store: S3Store) -> None:
    publish(make_site(), settings)
    store.client.put_object(Bucket=store.bucket, Key="blog/404.html", Body=b"tampered with")
    store.delete(["zh/index.html"])
    assert publish(make_site(), settings, verify=True).uploaded == 2
    assert content(store) == SITE


def test_a_missing_bucket_is_one_clear_message(make_site: MakeSite, settings: PublishSettings) -> None:
    with pytest.raises(StoreError, match="no such bucket"):
        publish(make_site(), settings.model_copy(update={"target": f"s3://no-{uuid.uuid4().hex}"}))


def test_it_can_be_examined(settings: PublishSettings) -> None:
    assert [check for check, fine, _ in examine_target(settings) if not fine] == []
