from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.commands.releases import releases as releases_command
from pipeline.commands.releases import rollback as rollback_command
from pipeline.config import PublishSettings
from pipeline.errors import PublishError
from pipeline.publishing import publish, releases, rollback
from pipeline.publishing.paths import KEPT
from pipeline.publishing.s3 import S3Store
from pipeline.publishing.s3_connect import connect
from tests.publishing.conftest import SITE
from tests.publishing.doubles import MemoryStore

MakeSite = Callable[..., Path]
START = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)

FIRST = dict(SITE)
SECOND = {**SITE, "index.html": "second", "posts/new/index.html": "new"}
THIRD = {path: text for path, text in SECOND.items() if path not in {"feed.xml", "zh/index.html"}} | {
    "index.html": "third",
    "posts/one/index.html": "one, mended",
    "app.1b2c3d4e.css": "body { color: red }",
}
del THIRD["app.0a1b2c3d.css"]


@pytest.fixture(params=["versions", "copies", "directory"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> PublishSettings:
    if request.param == "directory":
        return PublishSettings(target=str(tmp_path / "www"), concurrency=4)
    settings: PublishSettings = request.getfixturevalue("settings")
    if request.param == "versions":
        switch_versions_on(settings)
        return settings
    return settings.model_copy(update={"keep": 5})


def switch_versions_on(settings: PublishSettings) -> None:
    store = opened(settings)
    store.client.put_bucket_versioning(Bucket=store.bucket, VersioningConfiguration={"Status": "Enabled"})
    store.close()


def opened(settings: PublishSettings) -> S3Store:
    bucket, _, prefix = settings.target.removeprefix("s3://").partition("/")
    return connect(settings, bucket, prefix)


def content(settings: PublishSettings) -> dict[str, str]:
    if not settings.target.startswith("s3://"):
        root = Path(settings.target)
        found = [path for path in root.rglob("*") if path.is_file() and ".pipeline" not in path.parts]
        return {path.relative_to(root).as_posix(): path.read_text() for path in found}
    store = opened(settings)
    read = {found.path: store.read(found.path) for found in store.listing()}
    store.close()
    return {path: stored.data.decode() for path, stored in read.items() if stored}


def publish_all(make_site: MakeSite, settings: PublishSettings) -> list[str]:
    names = []
    for number, site in enumerate([FIRST, SECOND, THIRD]):
        moment = START + timedelta(minutes=number)
        names.append(publish(make_site(site), settings, now=moment).release)
    return names


def test_the_releases_are_listed_with_what_changed(make_site: MakeSite, target: PublishSettings) -> None:
    names = publish_all(make_site, target)
    found = releases(target)
    assert [info.release for info in found] == names[::-1]
    assert [(info.current, info.restorable) for info in found] == [(True, True), (False, True), (False, True)]
    assert found[1].changes == {"index.html": "changed", "posts/new/index.html": "added"}
    assert found[0].changes == {
        "index.html": "changed",
        "posts/one/index.html": "changed",
        "app.1b2c3d4e.css": "added",
        "app.0a1b2c3d.css": "removed",
        "feed.xml": "removed",
        "zh/index.html": "removed",
    }
    assert found[0].by
    assert found[0].published.startswith("2026-11-23T04:07:06")


@pytest.mark.parametrize("grace", [0.0, 24.0])
def test_every_release_can_be_restored_and_left_again(
    make_site: MakeSite, target: PublishSettings, grace: float
) -> None:
    target = target.model_copy(update={"grace_hours": grace})
    first, second, third = publish_all(make_site, target)
    for name, wanted in [(first, FIRST), (third, THIRD), (second, SECOND), (first, FIRST)]:
        rollback(target, name)
        found = content(target)
        assert {path: text for path, text in found.items() if path in wanted} == wanted
        assert {path for path in found if path not in wanted} <= {"app.0a1b2c3d.css", "app.1b2c3d4e.css"}
        if not grace:
            assert found == wanted
    assert releases(target)[0].note == f"rollback to {first}"
    assert publish(make_site(FIRST), target).requests == 1


def test_a_rollback_takes_as_many_requests_as_objects_differ(make_site: MakeSite, settings: PublishSettings) -> None:
    switch_versions_on(settings)
    publish_all(make_site, settings)
    report = rollback(settings)
    assert (report.uploaded, report.deleted) == (5, 1)
    assert report.requests == 5 + 1 + 3
    store = opened(settings)
    restored = store.client.head_object(Bucket=store.bucket, Key="blog/zh/index.html")
    assert restored["ContentType"] == "text/html; charset=utf-8"
    assert "must-revalidate" in restored["CacheControl"]
    store.close()


def test_versions_cost_no_request_and_copies_one_an_object(make_site: MakeSite, settings: PublishSettings) -> None:
    for update, extra in [({"keep": 3}, 1), ({}, 0)]:
        publish(make_site({**FIRST, "index.html": str(extra)}), settings)
        report = publish(make_site(SECOND), settings.model_copy(update=update))
        assert report.requests <= report.uploaded + report.deleted + extra + 3


def test_without_versions_and_copies_it_says_so(make_site: MakeSite, settings: PublishSettings) -> None:
    publish_all(make_site, settings)
    before = content(settings)
    assert [info.restorable for info in releases(settings)] == [True, False, False]
    with pytest.raises(PublishError, match=r"cannot be restored: .*versioning.*keep"):
        rollback(settings)
    assert content(settings) == before


def test_only_so_many_are_kept_and_the_copies_of_the_others_go(make_site: MakeSite) -> None:
    settings, store = PublishSettings(keep=2, grace_hours=0), MemoryStore()
    for number in range(6):
        site = {**SITE, "index.html": f"version {number}"}
        publish(make_site(site), settings, store=store, now=START + timedelta(minutes=number))
    assert len(releases(settings, store=store)) == 3
    assert len([path for path in store.objects if path.startswith(KEPT)]) == 2
    rollback(settings, releases(settings, store=store)[2].release, store=store)
    assert store.objects["index.html"] == b"version 3"


def test_nothing_is_touched_by_a_dry_run(make_site: MakeSite, target: PublishSettings) -> None:
    publish_all(make_site, target)
    before = content(target)
    report = rollback(target, dry_run=True)
    assert {action["path"] for action in report.to_json()["actions"]} >= {"index.html", "feed.xml"}
    assert content(target) == before
    assert len(releases(target)) == 3


def test_a_release_that_is_not_there(make_site: MakeSite, target: PublishSettings) -> None:
    publish(make_site(), target)
    with pytest.raises(PublishError, match="no release is named 'x'"):
        rollback(target, "x")
    with pytest.raises(PublishError, match="no earlier release"):
        rollback(target)


def test_before_anything_is_published(settings: PublishSettings) -> None:
    with pytest.raises(PublishError, match="nothing is published"):
        releases(settings)


def test_a_broken_off_rollback_is_finished_by_the_next_publish(make_site: MakeSite) -> None:
    settings, store = PublishSettings(grace_hours=0), MemoryStore("versions")
    publish(make_site(FIRST), settings, store=store, now=START)
    publish(make_site({**FIRST, "index.html": "b", "404.html": "b"}), settings, store=store)

    def fault(operation: str, path: str) -> None:
        if path == "index.html":
            raise KeyboardInterrupt

    store.fault = fault
    with pytest.raises(KeyboardInterrupt):
        rollback(settings, store=store)
    assert store.objects["404.html"] == b"lost"
    store.fault = lambda operation, path: None
    assert rollback(settings, store=store).uploaded == 2
    assert store.objects["index.html"].decode() == FIRST["index.html"]
    assert publish(make_site(FIRST), settings, store=store).requests == 1


def test_the_commands(make_site: MakeSite, tmp_path: Path) -> None:
    (tmp_path / "pipeline.toml").write_text('[publish]\ntarget = "www"\n')
    settings = PublishSettings(target=str(tmp_path / "www"))
    first, *_ = publish_all(make_site, settings)
    run = CliRunner()

    listed = run.invoke(releases_command, ["--json"], obj=tmp_path)
    assert [info["current"] for info in json.loads(listed.stdout)["releases"]] == [True, False, False]
    plain = run.invoke(releases_command, [], obj=tmp_path)
    assert plain.stdout.splitlines()[2].startswith(f"{first}  restorable")
    one = run.invoke(releases_command, [releases(settings)[1].release], obj=tmp_path)
    assert "  added    posts/new/index.html" in one.stdout.splitlines()
    assert run.invoke(releases_command, ["nonsense"], obj=tmp_path).exit_code == 2

    planned = run.invoke(rollback_command, ["--dry-run", "--json"], obj=tmp_path)
    assert json.loads(planned.stdout)["uploaded"] == 4
    done = run.invoke(rollback_command, [first], obj=tmp_path)
    assert re.search("^restore +content changed +index.html$", done.stdout, re.MULTILINE)
    assert content(settings)["index.html"] == FIRST["index.html"]
