from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.config import PublishSettings
from pipeline.errors import PublishError
from pipeline.publishing.contents import read_site
from pipeline.publishing.manifest import Entry


def read(directory: Path, **options: bool) -> dict[str, Entry]:
    return read_site(directory, PublishSettings(), **options)


def test_every_file_with_its_digest_size_and_headers(make_site: Callable[..., Path]) -> None:
    site = read(make_site({"index.html": "首页", "a/b.0a1b2c3d.css": "x"}))
    assert list(site) == ["a/b.0a1b2c3d.css", "index.html"]
    entry = site["index.html"]
    assert (entry.sha256, entry.size) == (hashlib.sha256("首页".encode()).hexdigest(), 6)
    assert entry.content_type == "text/html; charset=utf-8"
    assert "immutable" in site["a/b.0a1b2c3d.css"].cache_control


def test_hidden_files_stay_at_home(make_site: Callable[..., Path]) -> None:
    files = {"index.html": "", ".git/config": "", "a/.x.tmp": "", ".DS_Store": "", ".well-known/security.txt": "x"}
    assert set(read(make_site(files))) == {"index.html", ".well-known/security.txt"}


def test_no_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"does not exist.*pipeline build"):
        read(tmp_path / "public")


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(PublishError, match="empty"):
        read(tmp_path)


def test_a_site_without_a_home_page_is_refused(make_site: Callable[..., Path]) -> None:
    with pytest.raises(PublishError, match=r"no index\.html"):
        read(make_site({"posts/index.html": ""}))


def test_a_link_out_of_the_site_is_refused(make_site: Callable[..., Path], tmp_path: Path) -> None:
    directory = make_site({"index.html": ""})
    (tmp_path / "secret").write_text("s")
    (directory / "leak").symlink_to(tmp_path / "secret")
    with pytest.raises(PublishError, match=r"leak: is a link"):
        read(directory)


def test_a_link_inside_the_site_is_its_target(make_site: Callable[..., Path]) -> None:
    directory = make_site({"index.html": "home"})
    (directory / "copy.html").symlink_to("index.html")
    assert read(directory)["copy.html"] == read(directory)["index.html"]


@pytest.mark.parametrize("name", [b"bad\xff.html", b"line\nbreak.html", b"back\\slash.html"])
def test_a_name_that_cannot_be_a_key_is_refused(make_site: Callable[..., Path], name: bytes) -> None:
    directory = make_site({"index.html": ""})
    Path(os.fsdecode(os.fsencode(directory) + b"/" + name)).write_bytes(b"")
    with pytest.raises(PublishError, match="cannot be published"):
        read(directory)
