from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.config import PublishSettings
from pipeline.errors import ConflictError
from pipeline.publishing import publish
from pipeline.publishing.paths import MANIFEST_PATH
from tests.publishing.conftest import SITE
from tests.publishing.doubles import MemoryStore

MakeSite = Callable[..., Path]
SETTINGS = PublishSettings(concurrency=1, grace_hours=0)
NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)


class KillError(BaseException):
    """As if the process were gone: nothing after it reaches the store."""


def site_of(store: MemoryStore) -> dict[str, str]:
    return {path: data.decode() for path, data in store.objects.items() if not path.startswith(".pipeline/")}


def dies_at(store: MemoryStore, number: int) -> None:
    """From its request `number` on, the store hears no more of this process."""

    def fault(operation: str, path: str) -> None:
        if len(store.log) >= number:
            raise KillError

    store.log.clear()
    store.fault = fault


@pytest.mark.parametrize("number", range(2, 8))
def test_killed_and_set_back_to_what_was_published_it_is_noticed(make_site: MakeSite, number: int) -> None:
    store = MemoryStore()
    publish(make_site(), SETTINGS, store=store)
    changed = {**SITE, "index.html": "x", "404.html": "x", "posts/one/index.html": "x"}
    dies_at(store, number)
    with suppress(KillError):
        publish(make_site(changed), SETTINGS, store=store)
    store.fault = lambda operation, path: None
    publish(make_site(), SETTINGS, store=store)
    assert site_of(store) == SITE
    assert publish(make_site(), SETTINGS, store=store).requests == 1


def test_of_two_who_begin_at_once_one_uploads_nothing(make_site: MakeSite) -> None:
    store = MemoryStore()
    publish(make_site(), SETTINGS, store=store)

    def other(operation: str, path: str) -> None:
        if operation == "swap":
            store.fault = lambda operation, path: None
            publish(make_site({**SITE, "index.html": "winner"}), SETTINGS, store=store)
            make_site({**SITE, "index.html": "loser"})

    store.fault = other
    store.log.clear()
    with pytest.raises(ConflictError, match="another publisher"):
        publish(make_site({**SITE, "index.html": "loser"}), SETTINGS, store=store)
    assert site_of(store)["index.html"] == "winner"
    assert store.log[-1] == ("swap", MANIFEST_PATH)


def test_the_budget_holds_for_every_kind_of_change(make_site: MakeSite) -> None:
    for history in ("copies", "versions"):
        store = MemoryStore(history)  # type: ignore[arg-type]
        publish(make_site(), SETTINGS, store=store)
        for site in [
            {**SITE, "index.html": "changed"},
            {**SITE, "new.html": "new"},
            {path: text for path, text in SITE.items() if path != "feed.xml"},
            {**SITE, "index.html": "changed", "zh/index.html": "changed"},
        ]:
            report = publish(make_site(site), SETTINGS, store=store)
            assert report.requests <= report.uploaded + 3 + report.deleted


def test_an_asset_outlives_its_last_page_by_the_grace(make_site: MakeSite) -> None:
    settings = PublishSettings(concurrency=1, grace_hours=2)
    store = MemoryStore()
    without = {path: text for path, text in SITE.items() if path != "app.0a1b2c3d.css"}
    publish(make_site(), settings, store=store, now=NOW)

    report = publish(make_site(without), settings, store=store, now=NOW + timedelta(hours=1))
    assert [(action.kind, action.reason) for action in report.actions] == [("keep", "no longer used")]
    assert report.deleted == 0
    assert "app.0a1b2c3d.css" in store.objects
    assert publish(make_site(without), settings, store=store, now=NOW + timedelta(hours=2)).requests == 1

    spent = publish(make_site(without), settings, store=store, now=NOW + timedelta(hours=3))
    assert [(action.kind, action.path) for action in spent.actions] == [("delete", "app.0a1b2c3d.css")]
    assert site_of(store) == without
    assert publish(make_site(without), settings, store=store, now=NOW + timedelta(hours=9)).requests == 1


def test_an_asset_that_is_used_again_is_not_sent_and_not_deleted(make_site: MakeSite) -> None:
    settings = PublishSettings(concurrency=1, grace_hours=2)
    store = MemoryStore()
    without = {path: text for path, text in SITE.items() if path != "app.0a1b2c3d.css"}
    publish(make_site(), settings, store=store, now=NOW)
    publish(make_site(without), settings, store=store, now=NOW)
    again = publish(make_site(), settings, store=store, now=NOW + timedelta(hours=1))
    assert (again.uploaded, [action.reason for action in again.actions]) == (0, ["used again"])
    assert publish(make_site(), settings, store=store, now=NOW + timedelta(hours=9)).requests == 1
    assert site_of(store) == SITE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": "file"}, {"a/b.html": "in a directory"}),
        ({"a/b.html": "in a directory", "a/c/d.html": ""}, {"a": "file"}),
        ({"x.0a1b2c3d.css": ""}, {"x.0a1b2c3d.css/index.html": "odd"}),
    ],
)
def test_a_file_becomes_a_directory_and_back(
    make_site: MakeSite, tmp_path: Path, before: dict[str, str], after: dict[str, str]
) -> None:
    settings = PublishSettings(target=str(tmp_path / "www"))
    home = {"index.html": "", **{f"p{number}.html": "" for number in range(5)}}
    for site in [before, after, before]:
        publish(make_site({**home, **site}), settings)
        found = [path for path in (tmp_path / "www").rglob("*") if path.is_file() and ".pipeline" not in path.parts]
        assert {path.relative_to(tmp_path / "www").as_posix() for path in found} == {*home, *site}
