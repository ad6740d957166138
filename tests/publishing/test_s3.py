from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from socket import socket

import pytest

from pipeline.config import PublishSettings
from pipeline.errors import ConfigError, ConflictError, PipelineError, StoreError
from pipeline.publishing import publish
from pipeline.publishing.local import LocalStore
from pipeline.publishing.paths import MANIFEST_PATH
from pipeline.publishing.s3 import S3Store
from pipeline.publishing.s3_connect import connect
from pipeline.publishing.s3_errors import explain
from pipeline.publishing.stores import UnreachableError
from tests.publishing.conftest import SITE
from tests.publishing.doubles import DROP, FaultyS3, s3_error

MakeSite = Callable[..., Path]


def through(faulty: FaultyS3, settings: PublishSettings, *, attempts: int = 1, lock: bool = True) -> S3Store:
    bucket, _, prefix = settings.target.removeprefix("s3://").partition("/")
    store = connect(
        settings.model_copy(update={"endpoint_url": faulty.endpoint_url}), bucket, prefix, attempts=attempts, lock=lock
    )
    store._sleep = lambda seconds: None
    return store


def test_a_site_in_a_bucket(make_site: MakeSite, settings: PublishSettings, s3: S3Store) -> None:
    report = publish(make_site(), settings)
    assert {found.path for found in s3.listing()} == set(SITE)
    assert report.requests == len(SITE) + 4  # manifest, listing, a try of the conditions, objects, manifest
    stored = s3._client.get_object(Bucket=s3._bucket, Key="blog/images/图 1.png")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"png", "image/png")
    page = s3._client.head_object(Bucket=s3._bucket, Key="blog/zh/index.html")
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert page["CacheControl"] == "public, max-age=0, must-revalidate"


def test_requests_are_as_many_as_a_server_sees(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3
) -> None:
    publish(make_site(), settings)
    store = through(faulty, settings)
    assert publish(make_site(), settings, store=store).requests == len(faulty.seen) == 1

    changed = {**SITE, "index.html": "new", "posts/one/index.html": "new"}
    del changed["feed.xml"]
    report = publish(make_site(changed), settings, store=store)
    assert report.requests == len(faulty.seen) - 1 == 2 + 1 + 3
    store.close()


def test_a_sibling_prefix_is_not_ours(make_site: MakeSite, settings: PublishSettings, bucket: str, s3: S3Store) -> None:
    sibling = settings.model_copy(update={"target": f"s3://{bucket}/blog2"})
    publish(make_site({"index.html": "sibling"}), sibling)
    publish(make_site(), settings)
    publish(make_site({"index.html": "x"}), settings, allow_deletions=True)
    assert [found.path for found in s3.listing()] == ["index.html"]
    assert publish(make_site({"index.html": "sibling"}), sibling).requests == 1


def test_deletions_go_in_thousands(make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3) -> None:
    store = through(faulty, settings)
    store.delete([f"p/{n}" for n in range(2001)])
    assert [method for method, _ in faulty.seen] == ["POST"] * 3
    store.close()


def test_a_refused_deletion_is_an_error(settings: PublishSettings, faulty: FaultyS3) -> None:
    refusal = (
        "<DeleteResult><Error><Key>blog/a</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>"
    )
    faulty.rule = lambda method, path: (200, refusal)
    store = through(faulty, settings)
    with pytest.raises(StoreError, match=r"access is denied.*s3:DeleteObject"):
        store.delete(["a"])
    store.close()


def test_swap_compares_and_replaces(s3: S3Store) -> None:
    one = s3.swap(MANIFEST_PATH, b"1", expected=None)
    with pytest.raises(ConflictError):
        s3.swap(MANIFEST_PATH, b"2", expected=None)
    with pytest.raises(ConflictError):
        s3.swap(MANIFEST_PATH, b"2", expected='"other"')
    with pytest.raises(ConflictError):
        s3.swap("missing", b"2", expected=one)
    two = s3.swap(MANIFEST_PATH, b"2", expected=one)
    stored = s3.read(MANIFEST_PATH)
    assert stored is not None
    assert (stored.data, stored.version) == (b"2", two)


def test_two_writers_at_the_same_moment_are_asked_to_try_again(settings: PublishSettings, faulty: FaultyS3) -> None:
    answers = [s3_error(409, "ConditionalRequestConflict")] * 2
    faulty.rule = lambda method, path: answers.pop() if answers else None
    store = through(faulty, settings)
    assert store.swap(MANIFEST_PATH, b"1", expected=None)
    assert store.requests == 3
    store.close()


def test_a_write_whose_answer_was_lost_is_not_taken_for_somebody_elses(
    settings: PublishSettings, s3: S3Store, faulty: FaultyS3
) -> None:
    written = s3.swap(MANIFEST_PATH, b"mine", expected=None)
    store = through(faulty, settings)
    assert store.swap(MANIFEST_PATH, b"mine", expected=None) == written
    store.close()


def test_a_storm_that_passes_is_ridden_out(make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3) -> None:
    first: set[str] = set()

    def storm(method: str, path: str) -> tuple[int, str] | None:
        if path in first:
            return None
        first.add(path)
        return s3_error(503, "SlowDown") if path.endswith(("feed.xml", "404.html")) else None

    faulty.rule = storm
    store = through(faulty, settings, attempts=3)
    report = publish(make_site(), settings, store=store)
    assert (report.uploaded, report.requests) == (len(SITE), len(faulty.seen))
    store.close()


@pytest.mark.parametrize(
    ("answer", "message", "remedy"),
    [
        (s3_error(404, "NoSuchBucket"), "no such bucket", "Create it"),
        (s3_error(403, "AccessDenied"), "access is denied", "s3:PutObject"),
        ((403, ""), "access is denied", "s3:PutObject"),
        (s3_error(400, "ExpiredToken"), "expired", "Renew"),
        (s3_error(403, "InvalidAccessKeyId"), "not valid here", "access key"),
        (s3_error(403, "SignatureDoesNotMatch"), "not valid here", "access key"),
        (s3_error(400, "AuthorizationHeaderMalformed"), "another region", "region"),
        (s3_error(301, "PermanentRedirect"), "redirects every request", "https"),
        (s3_error(503, "SlowDown"), "overloaded", "Publish again"),
        ((500, "<html>oops</html>"), "overloaded", "Publish again"),
        ((404, "<html>not found</html>"), "no S3 server", "endpoint_url"),
        ((418, "<Error><Code>Teapot</Code></Error>"), "Teapot", "Publish again"),
        (DROP, "cannot be reached", "network"),
    ],
)
def test_a_refusal_is_one_clear_message(
    make_site: MakeSite,
    settings: PublishSettings,
    faulty: FaultyS3,
    answer: tuple[int, str],
    message: str,
    remedy: str,
) -> None:
    faulty.rule = lambda method, path: answer
    store = through(faulty, settings)
    with pytest.raises(StoreError, match=rf"{re.escape(settings.target)}.*{message}.*{remedy}"):
        publish(make_site(), settings, store=store)
    store.close()


def test_a_server_without_conditional_writes_is_refused(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3
) -> None:
    faulty.rule = lambda method, path: (
        s3_error(501, "NotImplemented") if (method, path[-13:]) == ("PUT", "manifest.json") else None
    )
    store = through(faulty, settings)
    with pytest.raises(StoreError, match="two publishers could overwrite each other"):
        publish(make_site(), settings, store=store)
    store.close()


@pytest.mark.parametrize("answer", [s3_error(403, "AccessDenied"), s3_error(400, "ExpiredToken"), DROP])
def test_refused_midway_the_next_publish_finishes(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3, s3: S3Store, answer: tuple[int, str]
) -> None:
    publish(make_site(), settings)
    changed = {path: text + "!" for path, text in SITE.items()} | {"posts/three/index.html": "three"}
    del changed["feed.xml"]
    faulty.rule = lambda method, path: answer if path.endswith("/posts/one/index.html") else None
    store = through(faulty, settings)
    with pytest.raises(StoreError):
        publish(make_site(changed), settings, store=store)
    store.close()
    assert {found.path for found in s3.listing()} >= set(SITE)  # nothing is deleted by halves

    publish(make_site(changed), settings)
    assert {found.path for found in s3.listing()} == set(changed)
    stored = s3.read("posts/one/index.html")
    assert stored is not None
    assert stored.data.decode() == changed["posts/one/index.html"]
    assert publish(make_site(changed), settings).requests == 1


def test_a_missing_bucket(make_site: MakeSite, local: LocalStore) -> None:
    settings = PublishSettings(target="s3://nobody-made-this", endpoint_url=local.endpoint_url)
    with pytest.raises(StoreError, match=r"no such bucket \(NoSuchBucket\)"):
        publish(make_site(), settings)


def test_an_endpoint_where_nobody_is(make_site: MakeSite) -> None:
    with socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen; nor does anybody else
        endpoint = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        store = connect(PublishSettings(endpoint_url=endpoint), "bucket", "", attempts=1)
        with pytest.raises(UnreachableError, match="cannot be reached"):
            publish(make_site(), PublishSettings(), store=store)
        store.close()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (PublishSettings(target="s3://b", profile="nobody"), "nobody"),
        (PublishSettings(target="s3://b", endpoint_url="no address"), "no address"),
    ],
)
def test_settings_that_do_not_fit_are_a_fault_of_the_configuration(
    make_site: MakeSite, settings: PublishSettings, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        publish(make_site(), settings)


def test_a_bucket_without_a_name(make_site: MakeSite) -> None:
    with pytest.raises(PipelineError, match="bucket name"):
        publish(make_site(), PublishSettings(target="s3://", endpoint_url="http://127.0.0.1:9"))


def test_aws_without_credentials_is_one_clear_message(make_site: MakeSite) -> None:
    with pytest.raises(StoreError, match=r"no complete credentials.*aws configure"):
        publish(make_site(), PublishSettings(target="s3://some-bucket", region="eu-central-1"))


def test_loopback_needs_no_account_whatever_is_configured(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    store = through(faulty, settings)
    publish(make_site(), settings, store=store)
    store.close()
    assert all("Credential=local/" in headers["Authorization"] for headers in faulty.headers)


def test_credentials_that_are_given_are_used_on_loopback_too(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "minio")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "minio123")
    store = through(faulty, settings)
    publish(make_site(), settings, store=store)
    store.close()
    assert all("Credential=minio/" in headers["Authorization"] for headers in faulty.headers)


def test_uploads_carry_a_checksum_for_the_server_to_verify(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3
) -> None:
    store = through(faulty, settings)
    publish(make_site(), settings, store=store)
    store.close()
    uploads = [
        {name.lower() for name in headers}
        for (method, path), headers in zip(faulty.seen, faulty.headers, strict=True)
        if method == "PUT" and "/.pipeline/" not in path
    ]
    assert len(uploads) == len(SITE)
    assert all("x-amz-checksum-sha256" in names and "x-amz-trailer" not in names for names in uploads)


def test_a_large_file_is_streamed(make_site: MakeSite, settings: PublishSettings, s3: S3Store) -> None:
    directory = make_site({"index.html": ""})
    (directory / "film.mp4").write_bytes(b"film" * 5_000_000)
    publish(directory, settings)
    stored = s3.read("film.mp4")
    assert stored is not None
    assert len(stored.data) == 20_000_000


def test_an_unknown_fault_says_what_the_server_said() -> None:
    assert "Weird" in str(explain("Weird: something", "Weird", "s3://b"))
