from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.config import PublishSettings
from pipeline.errors import PublishError, StoreError
from pipeline.publishing import publish
from pipeline.publishing.contents import MARKER
from pipeline.publishing.s3 import S3Store
from tests.publishing.conftest import SITE
from tests.publishing.doubles import FaultyS3, MemoryStore, s3_error
from tests.publishing.test_s3 import through

MakeSite = Callable[..., Path]


def test_deletions_above_a_number_are_refused(make_site: MakeSite) -> None:
    settings, store = PublishSettings(max_deleted=1), MemoryStore()
    publish(make_site(), settings, store=store)
    left = {path: text for path, text in SITE.items() if path not in {"feed.xml", "sitemap.xml"}}
    with pytest.raises(PublishError, match=r"delete 2 objects .*max_deleted` is 1.*--allow-deletions"):
        publish(make_site(left), settings, store=store)
    assert publish(make_site(left), settings, store=store, allow_deletions=True).deleted == 2


def test_the_share_of_pages_is_configurable(make_site: MakeSite) -> None:
    settings, store = PublishSettings(max_deleted_share=0.1), MemoryStore()
    publish(make_site(), settings, store=store)
    left = {path: text for path, text in SITE.items() if path != "posts/one/index.html"}
    with pytest.raises(PublishError, match="1 of the 7 pages in memory, which is over 10%"):
        publish(make_site(left), settings, store=store)


def test_pages_that_lose_most_of_their_content_are_refused(make_site: MakeSite) -> None:
    settings, store = PublishSettings(), MemoryStore()
    full = {path: text * 1000 for path, text in SITE.items()}
    publish(make_site(full), settings, store=store)
    hollow = {path: "" if path.endswith(".html") else text for path, text in full.items()}
    with pytest.raises(PublishError, match=r"7 pages .* shrink from 95,000 to 0 bytes.*--incomplete"):
        publish(make_site(hollow), settings, store=store)
    assert publish(make_site({**full, "index.html": "new"}), settings, store=store).uploaded == 1
    assert publish(make_site(hollow), settings, store=store, incomplete=True).uploaded == 7


def test_a_half_built_site_is_refused_unless_it_is_meant(make_site: MakeSite) -> None:
    store = MemoryStore()
    directory = make_site()
    (directory / MARKER).write_text(json.dumps({"format": 1, "state": "writing"}))
    with pytest.raises(PublishError, match=r"not come to its end.*--incomplete"):
        publish(directory, PublishSettings(), store=store)
    assert store.log == []
    assert publish(directory, PublishSettings(), store=store, incomplete=True).uploaded == len(SITE)


def test_a_site_of_which_the_build_says_that_it_is_whole(make_site: MakeSite) -> None:
    directory = make_site()
    (directory / MARKER).write_text(json.dumps({"format": 1, "state": "complete"}))
    assert publish(directory, PublishSettings(), store=MemoryStore()).uploaded == len(SITE)


def test_a_bucket_of_somebody_else_is_refused(make_site: MakeSite, settings: PublishSettings, s3: S3Store) -> None:
    for number in range(30):
        s3.client.put_object(Bucket=s3.bucket, Key=f"blog/backup/{number}", Body=b"x")
    with pytest.raises(PublishError, match=r"holds 30 objects that were not published from here.*--adopt"):
        publish(make_site(), settings)
    assert len(list(s3.listing())) == 30
    publish(make_site(), settings, adopt=True)
    assert len(list(s3.listing())) == 30 + len(SITE)


def test_a_damaged_manifest_of_ours_needs_no_flag(make_site: MakeSite, settings: PublishSettings, s3: S3Store) -> None:
    publish(make_site(), settings)
    key = "blog/.pipeline/manifest.json"
    whole = s3.client.get_object(Bucket=s3.bucket, Key=key)["Body"].read()
    s3.client.put_object(Bucket=s3.bucket, Key=key, Body=whole[: len(whole) // 2])
    publish(make_site({"index.html": "a new site altogether"}), settings)
    assert len(list(s3.listing())) == len(SITE)  # what nobody can vouch for stays


def test_a_server_that_ignores_conditions_is_refused_or_used_without_a_lock(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3, s3: S3Store, caplog: pytest.LogCaptureFixture
) -> None:
    faulty.ignored = {"if-match", "if-none-match"}
    store = through(faulty, settings)
    with pytest.raises(StoreError, match=r"ignores conditions.*--no-lock"):
        publish(make_site(), settings, store=store)
    store.close()
    assert s3.client.list_objects_v2(Bucket=s3.bucket)["KeyCount"] == 0

    store = through(faulty, settings, lock=False)
    assert publish(make_site(), settings, store=store).uploaded == len(SITE)
    assert publish(make_site({**SITE, "index.html": "x"}), settings, store=store).uploaded == 1
    store.close()
    assert "Without a lock" in caplog.text


def test_a_server_that_does_not_know_conditions_can_be_used_without_a_lock(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3
) -> None:
    def rule(method: str, path: str) -> tuple[int, str] | None:
        conditional = {"If-Match", "If-None-Match"} & set(faulty.headers[-1])
        return s3_error(501, "NotImplemented") if method == "PUT" and conditional else None

    faulty.rule = rule
    store = through(faulty, settings)
    with pytest.raises(StoreError, match="--no-lock"):
        publish(make_site(), settings, store=store)
    store.close()
    store = through(faulty, settings, lock=False)
    assert publish(make_site(), settings, store=store).uploaded == len(SITE)
    store.close()


def test_a_server_that_compares_tags_without_their_quotes(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3
) -> None:
    faulty.unquoted = True
    store = through(faulty, settings)
    publish(make_site(), settings, store=store)
    assert publish(make_site({**SITE, "index.html": "x"}), settings, store=store).uploaded == 1
    assert publish(make_site({**SITE, "index.html": "x"}), settings, store=store).requests == 1
    store.close()
