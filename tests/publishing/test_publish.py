from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import PublishSettings
from pipeline.errors import ConfigError, ConflictError, PublishError, StoreError
from pipeline.publishing import PublishReport, parallel, publish
from pipeline.publishing.manifest import Manifest
from pipeline.publishing.paths import MANIFEST_PATH
from pipeline.publishing.stores import UnreachableError
from pipeline.publishing.wire import parse_manifest
from tests.publishing.conftest import SITE
from tests.publishing.doubles import MemoryStore

SETTINGS = PublishSettings(concurrency=4, grace_hours=0)
NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
MakeSite = Callable[..., Path]


def run(directory: Path, store: MemoryStore, **options: object) -> PublishReport:
    return publish(directory, SETTINGS, store=store, now=NOW, **options)  # type: ignore[arg-type]


def pages(store: MemoryStore) -> dict[str, str]:
    return {path: data.decode() for path, data in store.objects.items() if path != MANIFEST_PATH}


def manifest(store: MemoryStore) -> Manifest:
    return parse_manifest(store.objects[MANIFEST_PATH])


def fail(operation: str, path: str, error: BaseException) -> Callable[[str, str], None]:
    def fault(now: str, at: str) -> None:
        if (now, at) == (operation, path):
            raise error

    return fault


def test_first_nothing_then_a_change(make_site: MakeSite) -> None:
    store = MemoryStore()
    first = run(make_site(), store)
    assert (first.uploaded, first.unchanged, first.deleted) == (len(SITE), 0, 0)
    assert pages(store) == SITE

    store.log.clear()
    nothing = run(make_site(), store)
    assert nothing.to_json() == {
        "uploaded": 0,
        "unchanged": len(SITE),
        "deleted": 0,
        "requests": 1,
        "release": first.release,
    }
    assert store.log == [("read", MANIFEST_PATH)]

    changed = {**SITE, "posts/one/index.html": "one, mended", "posts/three/index.html": "three"}
    del changed["posts/two/index.html"]
    third = run(make_site(changed), store)
    assert [(a.path, a.reason) for a in third.actions] == [
        ("posts/three/index.html", "new"),
        ("posts/one/index.html", "content changed"),
        ("posts/two/index.html", "gone"),
    ]
    assert (third.uploaded, third.unchanged, third.deleted) == (2, len(SITE) - 2, 1)
    assert third.requests <= 2 + 1 + 3
    assert pages(store) == changed
    assert manifest(store).unsettled == frozenset()


def test_the_headers_go_with_each_object(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store)
    assert store.entries["index.html"].content_type == "text/html; charset=utf-8"
    assert "immutable" in store.entries["app.0a1b2c3d.css"].cache_control


def test_the_manifest_comes_after_the_uploads_and_deletions_after_it(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store)
    store.log.clear()
    run(make_site({**SITE, "404.html": "x"} | {"zh/404.html": "y"}), store)
    gone = {path: text for path, text in SITE.items() if path != "feed.xml"}
    store.log.clear()
    run(make_site({**gone, "index.html": "changed"}), store)
    operations = [operation for operation, _ in store.log]
    assert operations == ["read", "put", "put", "put", "swap", "delete", "swap"]


def test_a_dry_run_tells_the_same_and_does_nothing(make_site: MakeSite) -> None:
    store = MemoryStore()
    dry = run(make_site(), store, dry_run=True)
    assert store.objects == {}
    real = run(make_site(), store)
    assert (dry.actions, dry.uploaded, dry.release) == (real.actions, real.uploaded, real.release)


def test_progress_counts_every_action(make_site: MakeSite) -> None:
    store, steps = MemoryStore(), []
    run(make_site(), store, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(n, len(SITE)) for n in range(1, len(SITE) + 1)]


@pytest.mark.parametrize("files", [{}, {"zh/index.html": "x"}])
def test_what_is_no_whole_site_changes_nothing(make_site: MakeSite, files: dict[str, str]) -> None:
    store = MemoryStore()
    run(make_site(), store)
    before = dict(store.objects)
    directory = make_site(files)
    directory.mkdir(exist_ok=True)
    with pytest.raises(PublishError):
        run(directory, store)
    assert store.objects == before


def test_deleting_most_pages_is_refused_unless_it_is_meant(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store)
    before = dict(store.objects)
    with pytest.raises(PublishError, match=r"delete 6 of the 7 pages.*--allow-deletions"):
        run(make_site({"index.html": "x"}), store)
    assert store.objects == before
    assert run(make_site({"index.html": "x"}), store, allow_deletions=True).deleted == len(SITE) - 1
    assert pages(store) == {"index.html": "x"}


def test_deleting_half_of_the_pages_is_not_refused(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site({"index.html": "x", "a.html": "", "b.html": "", "c.html": ""}), store)
    assert run(make_site({"index.html": "x", "a.html": ""}), store).deleted == 2


@pytest.mark.parametrize("stored", [None, b"", b"{", b'{"objects": {"mine.txt": {}}}', b"\xff", "half"])
def test_without_a_whole_manifest_all_is_uploaded_and_nothing_deleted(
    make_site: MakeSite, stored: bytes | str | None, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()
    run(make_site(), store)
    store.objects |= {"mine.txt": b"mine", "index.html": b"tampered"}
    whole = store.objects.pop(MANIFEST_PATH)
    if stored is not None:
        store.objects[MANIFEST_PATH] = whole[: len(whole) // 2] if isinstance(stored, str) else stored
    with caplog.at_level(logging.WARNING):
        report = run(make_site(), store)
    assert {action.reason for action in report.actions} == {"unverified"}
    assert pages(store) == {**SITE, "mine.txt": "mine"}
    assert "1 objects that no manifest knows" in caplog.text
    assert run(make_site(), store).requests == 1


def test_an_object_of_somebody_else_is_never_deleted(make_site: MakeSite) -> None:
    store = MemoryStore()
    store.objects["mine.txt"] = b"mine"
    with pytest.raises(PublishError, match=r"1 objects .*'mine\.txt'.*--adopt"):
        run(make_site(), store)
    assert list(store.objects) == ["mine.txt"]
    run(make_site(), store, adopt=True)
    run(make_site({"index.html": "x"}), store, allow_deletions=True)
    assert pages(store) == {"index.html": "x", "mine.txt": "mine"}


def test_a_fault_stops_the_publish_and_the_next_one_finishes_it(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store)
    changed = {**SITE, "posts/one/index.html": "one!", "index.html": "home!"}
    store.fault = fail("put", "index.html", StoreError("access is denied"))
    with pytest.raises(StoreError, match="denied"):
        run(make_site(changed), store)
    assert pages(store) == {**changed, "index.html": SITE["index.html"]}

    store.fault = lambda operation, path: None
    run(make_site(changed), store)
    assert pages(store) == changed


def test_what_a_broken_off_publish_wrote_is_put_right_even_if_the_site_went_back(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store)
    store.fault = fail("put", "index.html", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run(make_site({**SITE, "posts/one/index.html": "wrong", "posts/new/index.html": "n", "index.html": "!"}), store)
    store.fault = lambda operation, path: None
    assert pages(store)["posts/one/index.html"] == "wrong"
    run(make_site(), store)
    assert pages(store) == SITE


def test_the_first_fault_ends_the_uploads(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site({"index.html": ""}), store)
    store.log.clear()

    def storm(operation: str, path: str) -> None:
        if operation == "put":
            raise UnreachableError("the network is down")

    store.fault = storm
    with pytest.raises(UnreachableError):
        run(make_site({"index.html": "", **{f"p{n}.html": "" for n in range(100)}}), store)
    assert len([operation for operation, _ in store.log if operation == "put"]) <= SETTINGS.concurrency
    assert [operation for operation, _ in store.log if operation != "put"] == ["read", "swap"]  # nothing more is asked


def test_one_fault_stops_the_other_uploads(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    store, stop = MemoryStore(), Event()

    def fault(operation: str, path: str) -> None:
        if path == "p1.html":  # not the first worker's
            raise StoreError("denied")
        if operation == "put":  # the others are at theirs until the fault has come to where it stops them
            assert stop.wait(60)

    store.fault = fault
    monkeypatch.setattr(parallel, "Event", lambda: stop)
    with pytest.raises(StoreError, match="denied"):
        run(make_site({"index.html": "", **{f"p{n}.html": "" for n in range(300)}}), store)
    assert len([operation for operation, _ in store.log if operation == "put"]) <= SETTINGS.concurrency


def test_a_fault_while_deleting_is_made_good(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store)
    left = {path: text for path, text in SITE.items() if path not in {"feed.xml", "sitemap.xml"}}
    store.fault = fail("delete", "sitemap.xml", StoreError("503"))
    with pytest.raises(StoreError):
        run(make_site(left), store)
    assert "sitemap.xml" in pages(store)
    store.fault = lambda operation, path: None
    report = run(make_site(left), store)
    assert (report.uploaded, pages(store)) == (0, left)
    assert run(make_site(left), store).requests == 1


def test_of_two_publishers_one_wins_and_nothing_of_its_is_deleted(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store)
    winner = {**SITE, "index.html": "winner", "posts/won/index.html": "won"}
    loser = {path: text for path, text in SITE.items() if path != "feed.xml"} | {"index.html": "loser"}

    def other_publisher(operation: str, path: str) -> None:
        if path == "index.html":
            store.after = lambda operation, path: None
            run(make_site(winner), store)
            store.objects["index.html"] = b"loser"  # the upload that was still on its way
            make_site(loser)

    store.after = other_publisher
    with pytest.raises(ConflictError, match=r"nothing of theirs was deleted.*Publish again"):
        run(make_site(loser), store)
    assert pages(store) == {**winner, "index.html": "loser"}

    again = dict(store.objects)
    run(make_site(winner), store)
    assert pages(store) == winner  # the winner's next publish repairs it …
    store.objects = again
    run(make_site(loser), store)
    assert pages(store) == loser  # … and so does the loser's


def test_a_publisher_that_began_before_the_tidying_is_left_to_it(make_site: MakeSite) -> None:
    store = MemoryStore()
    run(make_site(), store)
    smaller = {path: text for path, text in SITE.items() if path != "feed.xml"}

    def other_publisher(operation: str, path: str) -> None:
        if operation == "delete":
            store.after = lambda operation, path: None
            run(make_site(SITE), store)
            store.objects.pop("feed.xml")  # the deletion that was still on its way

    store.after = other_publisher
    run(make_site(smaller), store)
    assert "feed.xml" not in pages(store)
    run(make_site(SITE), store)
    assert pages(store) == SITE


def test_a_file_that_changes_meanwhile_is_not_published(make_site: MakeSite, tmp_path: Path) -> None:
    directory = make_site()
    target = PublishSettings(target=str(tmp_path / "out"), concurrency=1)

    def meddle(done: int, total: int) -> None:
        (directory / "sitemap.xml").write_text("half of")

    with pytest.raises(PublishError, match=r"sitemap\.xml: changed while it was being published"):
        publish(directory, target, progress=meddle)
    assert not (tmp_path / "out" / "sitemap.xml").exists()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("", "not set"),
        ("gs://bucket", "gs://"),
        ("public", "holds the built site"),
        ("public/sub", "holds the built site"),
        (".", "holds the built site"),
    ],
)
def test_a_target_that_cannot_be_used_is_a_fault_of_the_configuration(
    make_site: MakeSite, tmp_path: Path, target: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        publish(make_site(), PublishSettings(target=target), root=tmp_path)


LINKS = ["index.html", "zh/index.html", "posts/index.html", "posts/a/index.html", "posts/b/index.html", "c.html",
         "a.0a1b2c3d.css", "b.0b1b2c3d.css", "d.png"]  # fmt: skip


@st.composite
def linked_sites(draw: st.DrawFn) -> dict[str, str]:
    """Pages are the list of what they link to, and all of that is there."""
    names = ["index.html", *draw(st.lists(st.sampled_from(LINKS[1:]), unique=True))]
    return {
        name: " ".join(draw(st.lists(st.sampled_from(names), max_size=4))) if name.endswith(".html") else name
        for name in names
    }


def dangling(store: MemoryStore) -> set[str]:
    """What a reader who starts at the home page would look for in vain."""
    seen, missing, waiting = set[str](), set[str](), ["index.html"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path not in store.objects:
            missing.add(path)
        elif path.endswith(".html"):
            waiting += store.objects[path].decode().split()
    return missing


@given(linked_sites(), linked_sites())
def test_a_reader_never_meets_a_link_to_nothing(old: Mapping[str, str], new: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store = MemoryStore()
        for number, site in enumerate([old, new]):
            public = Path(directory) / str(number)
            for path, text in site.items():
                (public / path).parent.mkdir(parents=True, exist_ok=True)
                (public / path).write_text(text)
            found: list[set[str]] = []
            if number:
                store.after = lambda operation, path, found=found: found.append(dangling(store))  # type: ignore[misc]
            publish(public, PublishSettings(concurrency=1, grace_hours=0), store=store, allow_deletions=True)
            assert not any(found)
        assert pages(store) == new
