from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.config import PublishSettings
from pipeline.publishing import publish
from pipeline.publishing.s3 import S3Store
from tests.publishing.conftest import SITE

MakeSite = Callable[..., Path]


def test_a_bucket_that_has_drifted_is_repaired(
    make_site: MakeSite, settings: PublishSettings, s3: S3Store, caplog: pytest.LogCaptureFixture
) -> None:
    release = publish(make_site(), settings).release
    where = {"Bucket": s3.bucket}
    s3.client.put_object(**where, Key="blog/index.html", Body=SITE["index.html"].replace("posts", "stops").encode())
    s3.client.put_object(**where, Key="blog/404.html", Body=b"of another size")
    s3.client.put_object(**where, Key="blog/mine.txt", Body=b"mine")
    s3.delete(["zh/index.html"])
    assert publish(make_site(), settings).requests == 1  # nobody looked

    with caplog.at_level(logging.WARNING):
        report = publish(make_site(), settings, verify=True)
    assert {(action.path, action.reason) for action in report.actions} == {
        ("404.html", "drifted"),
        ("index.html", "drifted"),
        ("zh/index.html", "drifted"),
    }
    assert (report.requests, report.release) == (1 + 1 + 1 + 3 + 1, release)
    assert "1 objects that no manifest knows" in caplog.text
    assert {found.path for found in s3.listing()} == {*SITE, "mine.txt"}
    stored = s3.read("index.html")
    assert stored is not None
    assert stored.data.decode() == SITE["index.html"]


def test_a_bucket_as_it_should_be_costs_its_listing(make_site: MakeSite, settings: PublishSettings) -> None:
    settings = settings.model_copy(update={"precompress": ["*.html"]})
    publish(make_site(), settings)
    report = publish(make_site(), settings, verify=True)
    assert (report.actions, report.requests) == ((), 2)


def test_a_directory_that_has_drifted_is_repaired(make_site: MakeSite, tmp_path: Path) -> None:
    settings = PublishSettings(target=str(tmp_path / "www"))
    publish(make_site(), settings)
    (tmp_path / "www/404.html").write_text("list")  # as long as it was
    (tmp_path / "www/feed.xml").unlink()
    report = publish(make_site(), settings, verify=True)
    assert {action.path for action in report.actions} == {"404.html", "feed.xml"}
    assert (tmp_path / "www/404.html").read_text() == SITE["404.html"]


def test_what_drifted_and_is_gone_is_deleted(make_site: MakeSite, settings: PublishSettings, s3: S3Store) -> None:
    publish(make_site(), settings)
    s3.client.put_object(Bucket=s3.bucket, Key="blog/app.0a1b2c3d.css", Body=b"tampered")
    left = {path: text for path, text in SITE.items() if path != "app.0a1b2c3d.css"}
    report = publish(make_site(left), settings.model_copy(update={"grace_hours": 24.0}), verify=True)
    assert [(action.kind, action.path) for action in report.actions] == [("delete", "app.0a1b2c3d.css")]
