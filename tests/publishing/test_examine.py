from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.config import PublishSettings
from pipeline.publishing import publish
from pipeline.publishing.examine import examine_target
from pipeline.publishing.s3 import S3Store
from tests.publishing.doubles import FaultyS3, s3_error

MakeSite = Callable[..., Path]


def told(checks: list[tuple[str, bool, str]]) -> dict[str, tuple[bool, str]]:
    return {check: (fine, says) for check, fine, says in checks}


def test_a_plain_bucket(make_site: MakeSite, settings: PublishSettings, s3: S3Store) -> None:
    found = told(examine_target(settings))
    assert all(fine for fine, _ in found.values())
    assert found["versioning"][1].startswith("off: ")
    assert found["website"][1].startswith("none")
    assert found["release"][1].startswith("nothing is published")
    assert s3.client.list_objects_v2(Bucket=s3.bucket)["KeyCount"] == 0  # what was tried is gone


def test_a_bucket_that_is_set_up(make_site: MakeSite, settings: PublishSettings, s3: S3Store) -> None:
    publish(make_site(), settings)
    bucket = {"Bucket": s3.bucket}
    s3.client.put_bucket_versioning(**bucket, VersioningConfiguration={"Status": "Enabled"})
    blocked = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.client.put_public_access_block(**bucket, PublicAccessBlockConfiguration=blocked)  # type: ignore[arg-type]
    website = {"IndexDocument": {"Suffix": "home.html"}, "ErrorDocument": {"Key": "404.html"}}
    s3.client.put_bucket_website(**bucket, WebsiteConfiguration=website)  # type: ignore[arg-type]
    found = told(examine_target(settings))
    assert found["versioning"] == (True, "on: releases can be rolled back at no cost")
    assert found["public access"][1].startswith("blocked")
    assert found["website"][0] is False
    assert "Set them to index.html and 404.html" in found["website"][1]
    assert "11 objects" in found["release"][1]


def test_a_bucket_in_another_region(settings: PublishSettings) -> None:
    found = told(examine_target(settings.model_copy(update={"region": "eu-west-1"})))
    assert found["region"][0] is False
    assert "Set [publish] `region` to us-east-1" in found["region"][1]


def test_conditions_and_rights_that_are_missing(settings: PublishSettings, faulty: FaultyS3) -> None:
    there = settings.model_copy(update={"endpoint_url": faulty.endpoint_url})
    faulty.ignored = {"if-match", "if-none-match"}
    assert told(examine_target(there))["conditional writes"][0] is False

    faulty.rule = lambda method, path: s3_error(403, "AccessDenied") if method == "PUT" else None
    *_, (check, fine, says) = examine_target(there)
    assert (check, fine) == ("target", False)
    assert "s3:PutObject" in says


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (PublishSettings(), "`target` is not set"),
        (PublishSettings(target="gs://x"), "gs://"),
        (PublishSettings(target="s3://x", endpoint_url="http://127.0.0.1:9"), "cannot be reached"),
    ],
)
def test_a_target_that_cannot_be_used(settings: PublishSettings, message: str) -> None:
    ((_, fine, says),) = examine_target(settings)
    assert not fine
    assert message in says


def test_a_directory(make_site: MakeSite, tmp_path: Path) -> None:
    settings = PublishSettings(target="www")
    publish(make_site(), settings, root=tmp_path)
    assert [check for check, fine, _ in examine_target(settings, root=tmp_path) if fine] == ["target", "release"]
