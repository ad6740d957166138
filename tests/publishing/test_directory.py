from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from pipeline.config import PublishSettings
from pipeline.errors import ConflictError, StoreError
from pipeline.publishing import publish
from pipeline.publishing.directory import DirectoryStore
from pipeline.publishing.manifest import Entry
from pipeline.publishing.paths import MANIFEST_PATH
from tests.needed import unable_to_override_permissions
from tests.publishing.conftest import SITE

MakeSite = Callable[..., Path]


def files(root: Path) -> dict[str, str]:
    found = (path for path in root.rglob("*") if path.is_file() and ".pipeline" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_text() for path in found}


def entry(data: bytes) -> Entry:
    return Entry(hashlib.sha256(data).hexdigest(), len(data), "t", "c")


def test_a_site_is_published_to_a_directory(make_site: MakeSite, tmp_path: Path) -> None:
    settings = PublishSettings(target="www")
    publish(make_site(), settings, root=tmp_path)
    assert files(tmp_path / "www") == SITE

    modified = {path: path.stat().st_mtime_ns for path in (tmp_path / "www").rglob("*")}
    assert publish(make_site(), settings, root=tmp_path).requests == 1
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "www").rglob("*")} == modified

    smaller = {path: text for path, text in SITE.items() if not path.startswith("posts/one")}
    publish(make_site(smaller), settings, root=tmp_path)
    assert files(tmp_path / "www") == smaller
    assert not (tmp_path / "www/posts/one").exists()


def test_a_dry_run_does_not_even_make_the_directory(make_site: MakeSite, tmp_path: Path) -> None:
    assert publish(make_site(), PublishSettings(target="www"), root=tmp_path, dry_run=True).uploaded == len(SITE)
    assert not (tmp_path / "www").exists()


def test_somebody_elses_files_stay(make_site: MakeSite, tmp_path: Path) -> None:
    (tmp_path / "www/posts").mkdir(parents=True)
    (tmp_path / "www/posts/mine.txt").write_text("mine")
    publish(make_site(), PublishSettings(target="www"), root=tmp_path, adopt=True)
    settings = PublishSettings(target="www", grace_hours=0)
    publish(make_site({"index.html": ""}), settings, root=tmp_path, allow_deletions=True)
    assert files(tmp_path / "www") == {"index.html": "", "posts/mine.txt": "mine"}


def test_swap_compares_and_replaces(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    one = store.swap(MANIFEST_PATH, b"1", expected=None)
    with pytest.raises(ConflictError):
        store.swap(MANIFEST_PATH, b"2", expected=None)
    with pytest.raises(ConflictError):
        store.swap(MANIFEST_PATH, b"2", expected="other")
    assert store.swap(MANIFEST_PATH, b"2", expected=one) != one
    stored = store.read(MANIFEST_PATH)
    assert stored is not None
    assert stored.data == b"2"


def test_of_many_writers_at_once_one_wins(tmp_path: Path) -> None:
    for number in range(20):
        begin = Barrier(8)

        def race(writer: int, root: Path = tmp_path / str(number), begin: Barrier = begin) -> bool:
            begin.wait()
            try:
                DirectoryStore(root).swap(MANIFEST_PATH, str(writer).encode(), expected=None)
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(race, range(8))) == 1


@pytest.mark.parametrize("path", ["../outside", "/etc/x", "a/../../outside", ".pipeline/manifest.json"])
def test_nothing_is_written_or_removed_outside(tmp_path: Path, path: str) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    (tmp_path / "outside").write_text("precious")
    store = DirectoryStore(tmp_path / "www")
    with pytest.raises(StoreError):
        store.put(path, source, entry(b"x"))
    with pytest.raises(StoreError):
        store.delete([path])
    assert (tmp_path / "outside").read_text() == "precious"


def test_a_link_does_not_lead_outside(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    (tmp_path / "www").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "www/posts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="outside the target"):
        DirectoryStore(tmp_path / "www").put("posts/x", source, entry(b"x"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_in_the_way_is_one_clear_message(make_site: MakeSite, tmp_path: Path) -> None:
    (tmp_path / "www").write_text("a file")
    with pytest.raises(StoreError, match=r"cannot be published to.*Check the directory"):
        publish(make_site(), PublishSettings(target="www"), root=tmp_path)


PUBLISH = """
import sys
from pathlib import Path
from pipeline.config import PublishSettings
from pipeline.publishing import publish
publish(Path(sys.argv[1]), PublishSettings(target=sys.argv[2], concurrency=2))
"""
# It comes to no end by itself, so that whoever is late to kill it still meets it at work.
ENDLESS = f"{PUBLISH[:-2]}, progress=lambda done, _: done < 50 or time.sleep(600))\n".replace("sys", "sys, time", 1)


def test_a_directory_without_permission_is_one_clear_message(make_site: MakeSite, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir(mode=0o555)
    site = make_site()
    command = [*unable_to_override_permissions(), sys.executable, "-c", PUBLISH, str(site), str(tmp_path / "www")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "StoreError" in done.stderr
    assert "Permission denied" in done.stderr
    assert list((tmp_path / "www").iterdir()) == []


@pytest.mark.parametrize("moment", [1, 7, 40])
def test_kill_9_leaves_no_half_written_file(make_site: MakeSite, tmp_path: Path, moment: int) -> None:
    old = {"index.html": "old", **{f"p{n}.html": "old" * 100_000 for n in range(60)}}
    new = {path: text.replace("old", "new!") for path, text in old.items()}
    target = tmp_path / "www"
    publish(make_site(old), PublishSettings(target=str(target)))
    directory = make_site(new)
    size = len(new["p1.html"])
    process = subprocess.Popen([sys.executable, "-c", ENDLESS, str(directory), str(target)])
    deadline = time.monotonic() + 60
    while sum((target / path).stat().st_size == size for path in new) < moment:
        assert process.poll() is None
        assert time.monotonic() < deadline, f"it has not written {moment} files"
    process.kill()
    assert process.wait() == -signal.SIGKILL

    for path, text in files(target).items():
        assert text in {old.get(path), new.get(path)} or path.rpartition("/")[2].startswith(".")
    publish(directory, PublishSettings(target=str(target)))
    assert {path: text for path, text in files(target).items() if not path.startswith(".")} == new
