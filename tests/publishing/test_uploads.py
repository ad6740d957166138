from __future__ import annotations

import base64
import hashlib
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock

import pytest

from pipeline.config import PublishSettings
from pipeline.errors import PublishError
from pipeline.publishing import publish, rollback, s3_objects
from pipeline.publishing import s3 as s3_module
from pipeline.publishing.s3 import S3Store
from tests.publishing.conftest import SITE
from tests.publishing.doubles import FaultyS3, s3_error
from tests.publishing.test_s3 import through

MakeSite = Callable[..., Path]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts as small as S3 allows."""
    monkeypatch.setattr(s3_objects, "_IN_PARTS", 6 * 2**20)
    monkeypatch.setattr(s3_objects, "_PART", 5 * 2**20)


@pytest.mark.usefixtures("small_parts")
def test_a_large_file_goes_in_parts_and_its_digest_with_it(
    make_site: MakeSite, settings: PublishSettings, s3: S3Store
) -> None:
    film = bytes(range(256)) * 32 * 2**10
    directory = make_site({"index.html": ""})
    (directory / "film.mp4").write_bytes(film)
    assert publish(directory, settings).requests == 4 + 1 + (1 + 2 + 1)
    stored = s3.client.get_object(Bucket=s3.bucket, Key="blog/film.mp4")
    assert stored["Body"].read() == film
    assert stored["ETag"].endswith('-2"')
    assert stored["ContentType"] == "video/mp4"
    assert stored["Metadata"]["sha256"] == hashlib.sha256(film).hexdigest()
    assert publish(directory, settings).requests == 1
    assert publish(directory, settings, verify=True).uploaded == 0


@pytest.mark.usefixtures("small_parts")
def test_a_large_file_that_changes_meanwhile_is_given_up(
    make_site: MakeSite, settings: PublishSettings, s3: S3Store
) -> None:
    directory = make_site({"index.html": "", "a.txt": ""})
    (directory / "film.mp4").write_bytes(b"film" * 2 * 2**20)

    def meddle(done: int, total: int) -> None:
        (directory / "film.mp4").write_bytes(b"FILM" * 2 * 2**20)

    with pytest.raises(PublishError, match=r"film\.mp4: changed while it was being published"):
        publish(directory, settings.model_copy(update={"concurrency": 1}), progress=meddle)
    assert {found.path for found in s3.listing()} == {"a.txt"}
    assert "Uploads" not in s3.client.list_multipart_uploads(Bucket=s3.bucket)


@pytest.mark.usefixtures("small_parts")
def test_parts_that_are_refused_leave_nothing_behind(
    make_site: MakeSite, settings: PublishSettings, s3: S3Store, faulty: FaultyS3
) -> None:
    directory = make_site({"index.html": ""})
    (directory / "film.mp4").write_bytes(b"film" * 2 * 2**20)
    faulty.rule = lambda method, path: s3_error(403, "AccessDenied") if "partNumber=2" in path else None
    store = through(faulty, settings)
    with pytest.raises(PublishError, match="access is denied"):
        publish(directory, settings, store=store)
    store.close()
    assert "Uploads" not in s3.client.list_multipart_uploads(Bucket=s3.bucket)


@pytest.mark.usefixtures("small_parts")
def test_each_part_carries_a_checksum_and_a_rollback_keeps_the_digest(
    make_site: MakeSite, settings: PublishSettings, s3: S3Store, faulty: FaultyS3
) -> None:
    directory = make_site({"index.html": ""})
    (directory / "film.mp4").write_bytes(b"film" * 2 * 2**20)
    store = through(faulty, settings)
    publish(directory, settings, store=store)
    store.close()
    parts = [
        headers.get("Content-Md5")
        for (_, path), headers in zip(faulty.seen, faulty.headers, strict=True)
        if "partNumber" in path
    ]
    film = (directory / "film.mp4").read_bytes()
    assert parts == [
        base64.b64encode(hashlib.md5(part).digest()).decode() for part in (film[: 5 * 2**20], film[5 * 2**20 :])
    ]
    keeping = settings.model_copy(update={"keep": 1})
    (directory / "film.mp4").unlink()
    publish(directory, keeping)
    rollback(keeping)
    stored = s3.client.head_object(Bucket=s3.bucket, Key="blog/film.mp4")
    assert stored["Metadata"]["sha256"] == hashlib.sha256(film).hexdigest()


def test_few_large_files_are_in_memory_at_once(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_module, "_LARGE", 10)
    lock, flying, most, two = Lock(), Counter[bool](), Counter[bool](), Event()

    def rule(method: str, path: str) -> None:
        large = path.endswith(".bin")
        with lock:
            flying[large] += 1
            most[large] = max(most[large], flying[large])
            if flying[True] == 2:
                two.set()
        if large:
            two.wait(20)  # for the other one that may be there, and then a little for one that may not
            time.sleep(0.02)
        with lock:
            flying[large] -= 1

    faulty.rule = rule
    site = {"index.html": "", **{f"{number}.bin": "large enough" for number in range(8)}}
    store = through(faulty, settings.model_copy(update={"concurrency": 8}))
    publish(make_site({**site, **{f"{number}.txt": "" for number in range(8)}}), settings, store=store)
    store.close()
    assert most[True] == 2


def test_headers_do_not_keep_a_file_from_the_compiled_client(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3, s3: S3Store
) -> None:
    headers = {"Content-Disposition": "inline", "Content-Language": "zh", "x-amz-meta-cache-tag": "zh,all"}
    rules = PublishSettings.model_validate({"files": {"*": {"headers": headers}}}).files
    store = through(faulty, settings)
    publish(make_site(), settings.model_copy(update={"files": rules}), store=store)
    store.close()
    sent = [found["User-Agent"] for found in faulty.headers if found.get("X-Amz-Meta-Cache-Tag")]
    assert len(sent) == len(SITE)
    assert all(agent.startswith("object_store") for agent in sent)
    stored = s3.client.head_object(Bucket=s3.bucket, Key="blog/zh/index.html")
    assert (stored["ContentDisposition"], stored["ContentLanguage"]) == ("inline", "zh")
    assert stored["Metadata"] == {"cache-tag": "zh,all"}


def test_small_files_go_through_the_compiled_client(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3
) -> None:
    store = through(faulty, settings)
    assert publish(make_site(), settings, store=store).requests == len(faulty.seen) == len(SITE) + 4
    store.close()
    agents = {
        headers.get("User-Agent", headers.get("user-agent", "")).partition("/")[0]
        for (method, path), headers in zip(faulty.seen, faulty.headers, strict=True)
        if method == "PUT" and "/.pipeline/" not in path
    }
    assert agents == {"object_store"}


def test_any_name_arrives_as_it_is(make_site: MakeSite, settings: PublishSettings, s3: S3Store) -> None:
    names = [
        "a b.html",
        "a+b%20c.txt",
        "t~[x]{y}#z?.txt",
        "sp&=;:@$,'(!)*.txt",
        "图/片 1.png",
        "100%.html",
        '^`|<>".md',
    ]
    publish(make_site({"index.html": "", **dict.fromkeys(names, "x")}), settings)
    assert {found.path for found in s3.listing()} == {"index.html", *names}


def test_without_the_compiled_client_all_is_the_same(
    make_site: MakeSite, settings: PublishSettings, s3: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # a way that only boto3 knows
    report = publish(make_site(), settings)
    assert report.requests == len(SITE) + 4
    monkeypatch.delenv("https_proxy")
    assert publish(make_site(), settings).requests == 1
    assert (
        s3.client.head_object(Bucket=s3.bucket, Key="blog/zh/index.html")["ContentType"] == "text/html; charset=utf-8"
    )
