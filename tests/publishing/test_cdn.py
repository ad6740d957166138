from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import PublishSettings
from pipeline.publishing import cdn, publish
from pipeline.publishing.cdn import collapsed
from pipeline.publishing.local import LocalStore
from tests.publishing.conftest import SITE
from tests.publishing.doubles import FaultyS3, MemoryStore

MakeSite = Callable[..., Path]
NAMES = st.sampled_from(["a", "b", "c d", "文"])
PATHS = st.sets(
    st.tuples(st.lists(NAMES, max_size=3), st.sampled_from(["index.html", "x.png"])).map(
        lambda parts: "/" + "/".join([*parts[0], parts[1]])
    ),
    min_size=1,
    max_size=20,
)


def covers(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


@given(PATHS, st.integers(1, 10))
def test_all_that_changed_is_covered_by_as_many_paths_as_are_allowed(paths: set[str], most: int) -> None:
    found = collapsed(paths, most)
    assert 0 < len(found) <= most
    for path in collapsed(paths, 10_000):
        assert any(covers(pattern, path) for pattern in found)


def test_few_paths_stay_as_they_are() -> None:
    assert collapsed(["/posts/a/index.html", "/index.html", "/文.png"], 10) == [
        "/",
        "/%E6%96%87.png",
        "/index.html",
        "/posts/a/",
        "/posts/a/index.html",
    ]


def test_the_deepest_are_collapsed_first() -> None:
    assert collapsed(["/posts/a/index.html", "/posts/b/index.html", "/feed.xml"], 2) == ["/feed.xml", "/posts/*"]
    assert collapsed(["/posts/a/index.html", "/zh/b/index.html"], 1) == ["/*"]


@pytest.fixture
def cloudfront(local: LocalStore) -> Any:
    return cloudfront_of(local)


def cloudfront_of(local: LocalStore) -> Any:
    return boto3.client(
        "cloudfront",
        endpoint_url=local.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


@pytest.fixture
def distribution(cloudfront: Any) -> str:
    return distributed(cloudfront)


def distributed(cloudfront: Any) -> str:
    """The id of a new distribution."""
    behaviour = {"TargetOriginId": "o", "ViewerProtocolPolicy": "redirect-to-https"}
    origin = {"Id": "o", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    config = {
        "CallerReference": uuid.uuid4().hex, "Comment": "", "Enabled": True, "DefaultCacheBehavior": behaviour,
        "Origins": {"Quantity": 1, "Items": [origin]},
    }  # fmt: skip
    return str(cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"])


def invalidated(cloudfront: Any, distribution: str) -> list[list[str]]:
    listed = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"].get("Items", [])
    found = [cloudfront.get_invalidation(DistributionId=distribution, Id=item["Id"]) for item in listed]
    return [sorted(one["Invalidation"]["InvalidationBatch"]["Paths"]["Items"]) for one in found]


def test_only_what_changed_is_invalidated(
    make_site: MakeSite, local: LocalStore, cloudfront: Any, distribution: str
) -> None:
    table = {"distribution": distribution, "endpoint_url": local.endpoint_url, "path": "/blog"}
    settings = PublishSettings.model_validate({"cloudfront": table, "grace_hours": 0.0})
    store = MemoryStore()
    assert publish(make_site(), settings, store=store).cdn == ""  # no cache knows a first publish
    assert publish(make_site(), settings, store=store).cdn == ""
    changed = {**SITE, "posts/one/index.html": "x"}
    del changed["app.0a1b2c3d.css"]
    report = publish(make_site(changed), settings, store=store)
    assert report.cdn.startswith("CloudFront was told of 2 paths")
    assert invalidated(cloudfront, distribution) == [["/blog/posts/one/", "/blog/posts/one/index.html"]]


def test_too_many_addresses_become_tags_where_there_are_some(
    make_site: MakeSite, local: LocalStore, cloudfront: Any, distribution: str
) -> None:
    table = {
        "distribution": distribution, "endpoint_url": local.endpoint_url, "max_paths": 3,
        "tag_header": "X-Amz-Meta-Cache-Tag",
    }  # fmt: skip
    tagged = {"zh/*": {"headers": {"X-Amz-Meta-Cache-Tag": "zh, all"}}, "posts/*": {"headers": {"Expires": "0"}}}
    settings, store = PublishSettings.model_validate({"cloudfront": table, "files": tagged}), MemoryStore()
    publish(make_site(), settings, store=store)
    publish(make_site({**SITE, "zh/index.html": "x"}), settings, store=store)
    assert invalidated(cloudfront, distribution) == [["/zh/", "/zh/index.html"]]
    changed = {path: f"{text}!" for path, text in SITE.items() if path.startswith(("zh/", "posts/"))}
    publish(make_site({**SITE, **changed, "zh/new/index.html": "x"}), settings, store=store)
    assert ["#zh", "/posts/*"] in invalidated(cloudfront, distribution)


@pytest.mark.parametrize("endpoint", ["real", "http://127.0.0.1:9"])
def test_a_publish_that_is_complete_does_not_fail(
    make_site: MakeSite, local: LocalStore, caplog: pytest.LogCaptureFixture, endpoint: str
) -> None:
    table = {"distribution": "ENOTTHERE", "endpoint_url": local.endpoint_url if endpoint == "real" else endpoint}
    settings = PublishSettings.model_validate({"cloudfront": table})
    store = MemoryStore()
    publish(make_site(), settings, store=store)
    with caplog.at_level(logging.WARNING):
        report = publish(make_site({**SITE, "index.html": "x"}), settings, store=store)
    assert report.uploaded == 1
    assert report.cdn.startswith("CloudFront was not told")
    assert "The site is published, but" in caplog.text
    assert publish(make_site({**SITE, "index.html": "x"}), settings, store=store).requests == 1


def test_it_can_be_waited_for(
    make_site: MakeSite, faulty: FaultyS3, distribution: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdn, "_WAIT", {"Delay": 0, "MaxAttempts": 9})
    states = ["Completed", "InProgress", "InProgress"]
    answer = "<Invalidation><Id>I1</Id><Status>%s</Status></Invalidation>"
    faulty.rule = lambda method, path: (200, answer % states.pop()) if method == "GET" else None
    table = {"distribution": distribution, "endpoint_url": faulty.endpoint_url, "wait": True}
    settings, store = PublishSettings.model_validate({"cloudfront": table}), MemoryStore()
    publish(make_site(), settings, store=store)
    assert "was told" in publish(make_site({**SITE, "index.html": "x"}), settings, store=store).cdn
    assert [method for method, _ in faulty.seen] == ["POST", "GET", "GET", "GET"]
