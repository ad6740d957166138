from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import botocore.loaders
import hypothesis
import pytest

from pipeline.config import PublishSettings
from pipeline.publishing.local import LocalStore
from pipeline.publishing.s3 import S3Store
from pipeline.publishing.s3_connect import connect
from tests.environment import forget
from tests.publishing.doubles import FaultyS3

hypothesis.settings.register_profile(
    "any machine",
    hypothesis.settings.default,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any machine")

SITE = {
    "index.html": "<a href=posts/>posts</a>",
    "404.html": "lost",
    "zh/index.html": "首页",
    "zh/404.html": "迷路",
    "posts/index.html": "<a href=one/>one</a>",
    "posts/one/index.html": "<link href=/app.0a1b2c3d.css>one",
    "posts/two/index.html": "two",
    "app.0a1b2c3d.css": "body {}",
    "images/图 1.png": "png",
    "feed.xml": "<feed/>",
    "sitemap.xml": "<urlset/>",
}


@pytest.fixture(autouse=True, scope="session")
def read_once() -> Iterator[None]:
    """Botocore's descriptions of its services are read once, and not for every client."""
    loader = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.loaders, "create_loader", lambda *_: loader)
        yield


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody's real AWS configuration is read."""
    forget(monkeypatch, "AWS_")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def local() -> Iterator[LocalStore]:
    with LocalStore() as store:
        yield store


@pytest.fixture
def bucket(local: LocalStore) -> str:
    name = f"b-{uuid.uuid4().hex}"
    local.create_bucket(name)
    return name


@pytest.fixture
def settings(local: LocalStore, bucket: str) -> PublishSettings:
    return PublishSettings(target=f"s3://{bucket}/blog", endpoint_url=local.endpoint_url, concurrency=4, grace_hours=0)


@pytest.fixture
def s3(settings: PublishSettings, bucket: str) -> Iterator[S3Store]:
    store = connect(settings, bucket, "blog")
    yield store
    store.close()


@pytest.fixture
def faulty(local: LocalStore) -> Iterator[FaultyS3]:
    server = FaultyS3(local.endpoint_url)
    yield server
    server.close()


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Writes a site, so that the directory holds exactly these files."""

    def make(files: Mapping[str, str] = SITE) -> Path:
        directory = tmp_path / "public"
        for old in sorted(directory.rglob("*"), reverse=True):
            old.rmdir() if old.is_dir() else old.unlink()
        for path, text in files.items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text(text, encoding="utf-8")
        return directory

    return make
