"""What a release was made from is noted with it, and told in one request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.config import PublishSettings
from pipeline.errors import PublishError
from pipeline.publishing import Current, PublishReport, current, publish, releases, rollback
from pipeline.publishing.manifest import Manifest
from pipeline.publishing.paths import MANIFEST_PATH
from pipeline.publishing.s3 import S3Store
from pipeline.publishing.wire import parse_manifest, to_bytes
from tests.publishing.conftest import SITE
from tests.publishing.doubles import MemoryStore

SETTINGS = PublishSettings(concurrency=4, keep=3)
NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
MakeSite = Callable[..., Path]


def run(directory: Path, store: MemoryStore, **options: object) -> PublishReport:
    return publish(directory, SETTINGS, store=store, **{"now": NOW, **options})  # type: ignore[arg-type]


def found(store: MemoryStore, now: datetime = NOW) -> Current | None:
    return current(SETTINGS, store=store, now=now)


def settled(store: MemoryStore, now: datetime = NOW) -> bool:
    told = found(store, now)
    assert told
    return told.settled


def said(store: MemoryStore) -> list[str]:
    return [release.made_from for release in parse_manifest(store.objects[MANIFEST_PATH]).releases]


def test_it_is_told_in_one_request_with_what_a_publish_would_report(make_site: MakeSite) -> None:
    store = MemoryStore()
    first = run(make_site(), store, made_from="one")
    store.log.clear()
    assert found(store) == Current("one", settled=True, report=run(make_site(), store, made_from="one"))
    assert store.log == [("read", MANIFEST_PATH)] * 2
    assert first.release == run(make_site(), store).release


def test_the_same_site_made_from_something_else_costs_one_write_and_is_no_new_release(make_site: MakeSite) -> None:
    store = MemoryStore()
    first = run(make_site(), store)
    assert said(store) == [""]
    store.log.clear()
    report = run(make_site(), store, made_from="one")
    assert (report.uploaded, report.deleted, report.release) == (0, 0, first.release)
    assert [operation for operation, _ in store.log] == ["read", "swap"]
    assert said(store) == ["one"]
    before = parse_manifest(store.objects[MANIFEST_PATH])
    run(make_site(), store, made_from="two")
    after = parse_manifest(store.objects[MANIFEST_PATH])
    assert replace(after, releases=before.releases) == before
    assert said(store) == ["two"]


def test_who_does_not_say_it_leaves_what_is_known_of_the_same_site_and_of_no_other(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store, made_from="one")
    run(make_site(), store)
    assert said(store) == ["one"]
    run(make_site({**SITE, "new/index.html": "new"}), store)
    assert said(store) == ["one", ""]


def test_a_repair_notes_it_too(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store, made_from="one")
    del store.objects["feed.xml"]
    run(make_site(), store, verify=True, made_from="two")
    assert "feed.xml" in store.objects
    assert said(store) == ["two"]


def test_a_dry_run_notes_nothing(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store, made_from="one")
    before = store.objects[MANIFEST_PATH]
    run(make_site(), store, made_from="two", dry_run=True)
    assert store.objects[MANIFEST_PATH] == before


def test_it_is_not_noted_of_what_somebody_else_published_meanwhile(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store, made_from="one")
    theirs = replace(parse_manifest(store.objects[MANIFEST_PATH]), published="later")

    def meddle(operation: str, path: str) -> None:
        if operation == "swap":
            store.objects[path] = to_bytes(theirs)

    store.fault = meddle
    run(make_site(), store, made_from="two")
    assert parse_manifest(store.objects[MANIFEST_PATH]) == theirs


def test_a_rollback_brings_it_back(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store, made_from="one")
    run(make_site({**SITE, "new/index.html": "new"}), store, made_from="two", now=NOW + timedelta(hours=1))
    rollback(SETTINGS, store=store, now=NOW + timedelta(hours=2))
    assert said(store) == ["one", "two", "one"]
    assert not hasattr(releases(SETTINGS, store=store)[0], "made_from"), "it is for programs"


def test_what_is_left_to_be_done_is_told(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store, made_from="one")
    without = {path: text for path, text in SITE.items() if path != "app.0a1b2c3d.css"}
    run(make_site(without), store, made_from="two")
    assert settled(store), "an asset stays for a while"
    assert not settled(store, NOW + timedelta(hours=24))
    manifest = parse_manifest(store.objects[MANIFEST_PATH])
    store.objects[MANIFEST_PATH] = to_bytes(replace(manifest, unsettled=frozenset({"index.html"})))
    assert not settled(store)


@pytest.mark.parametrize("data", [None, b"", b"{}", to_bytes(Manifest())])
def test_without_a_release_there_is_none(data: bytes | None, make_site: MakeSite) -> None:
    store = MemoryStore()
    if data is not None:
        store.objects[MANIFEST_PATH] = data
    assert found(store) is None
    run(make_site(), store, made_from="one")
    whole = store.objects[MANIFEST_PATH]
    store.objects[MANIFEST_PATH] = whole.replace(b'"made_from":"one"', b'"made_from":"two"')
    assert found(store) is None, "its checksum does not fit"


def test_a_manifest_of_a_newer_program_is_an_error() -> None:
    store = MemoryStore()
    store.objects[MANIFEST_PATH] = to_bytes(Manifest()).replace(b'"version":3', b'"version":4')
    with pytest.raises(PublishError, match="version 4"):
        found(store)


def test_it_is_noted_in_a_bucket(s3: S3Store, settings: PublishSettings, make_site: MakeSite) -> None:
    publish(make_site(), settings, store=s3)
    publish(make_site(), settings, store=s3, made_from="content 中, until …")
    told = current(settings, store=s3)
    assert told
    assert (told.made_from, told.settled, told.report.requests) == ("content 中, until …", True, 1)
