"""The pure functions at the bottom: addresses, excerpts, sizes, highlighting, strings, dates."""

from __future__ import annotations

import re
import struct
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.site.articles import moment
from pipeline.site.excerpt import clipped, minutes_to_read
from pipeline.site.highlight import highlighted, language_of
from pipeline.site.image_size import size_of
from pipeline.site.permalinks import Addresses, directory, inside, output_file, part, term_slugs
from pipeline.site.strings import read_strings
from pipeline.site.theme import BUILT_IN
from tests.site.conftest import PNG

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Foo Bar", "foo-bar"), ("C++ & C#", "c++-&-c"), ("中文 标题", "中文-标题"), ("cafe\u0301", "café"),
     ("a\u200bb", "ab"), ("..", ""), ("%2e%2e", "2e2e"), ("a/b", "ab"), ("v1.2", "v1.2"), (" ", "")],
)  # fmt: skip
def test_a_part_of_an_address(name: str, expected: str) -> None:
    assert part(name) == expected


@settings(deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_an_address_stays_in_the_tree(parent: str, name: str) -> None:
    path = output_file(directory("zh", part(parent), part(name)))
    assert inside(path)
    assert Path("/root", path).resolve().is_relative_to("/root")
    assert re.fullmatch(r"/[!-~]*", Addresses("https://example.org").href(path))


@settings(deadline=None)
@given(st.sets(st.text(min_size=1, max_size=8), max_size=12))
def test_slugs_of_terms_are_unique_and_whole(names: set[str]) -> None:
    slugs = term_slugs(names)
    assert slugs.keys() == names
    assert len(set(slugs.values())) == len(names)
    assert all(slug and "/" not in slug and not slug.startswith(".") for slug in slugs.values())


def test_addresses_below_a_path() -> None:
    addresses = Addresses("https://example.org/my blog")
    assert addresses.href("zh/文/") == "/my%20blog/zh/%E6%96%87/"
    assert addresses.absolute("a.xml") == "https://example.org/my%20blog/a.xml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Short.", "Short."),
        ("word " * 60, "word " * 47 + "word…"),
        ("One sentence that is long enough to be kept as it is. " * 6, None),
        ("一句话。" * 50, "一句话。" * 30),
        ("No. " + "word " * 60, "No. " + "word " * 46 + "word…"),
        ("字" * 200, "字" * 120 + "…"),
        ("a" * 300, "a" * 240 + "…"),
        ("前文" * 50 + "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabc", "前文" * 50 + "…"),
    ],
)
def test_a_summary_is_cut_well(text: str, expected: str | None) -> None:
    cut = clipped(text)
    if expected is None:
        assert cut.endswith("as it is.")
        assert len(cut) <= 240
    else:
        assert cut == expected


@settings(deadline=None)
@given(st.text(max_size=400), st.integers(2, 300))
def test_a_summary_is_a_beginning(text: str, width: int) -> None:
    whole, cut = " ".join(text.split()), clipped(text, width)
    assert whole.startswith(cut.removesuffix("…")) or whole == cut
    assert len(cut) <= width + 1


def test_reading_time_counts_both_scripts() -> None:
    assert minutes_to_read("") == 1
    assert minutes_to_read("word " * 690) == 3
    assert minutes_to_read("字" * 1200) == 3
    assert minutes_to_read("字" * 1200 + "word " * 690) == 6


def jpeg(width: int, height: int) -> bytes:
    return (
        b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc4\x00\x0a\x08\x00\x01\x00\x01\x00\x00\x00\xff\xc2\x00\x0b\x08"
        + struct.pack(">HH", height, width)
        + b"\x03" * 9
    )


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (PNG, (3, 2)),
        (b"GIF89a" + struct.pack("<HH", 4, 5), (4, 5)),
        (jpeg(640, 480), (640, 480)),
        (b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + (99).to_bytes(3, "little") + (49).to_bytes(3, "little"), (100, 50)),
        (b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 10 + struct.pack("<HH", 30, 20), (30, 20)),
        (b"RIFF\0\0\0\0WEBPVP8L" + b"\0" * 4 + b"\x2f" + (9 | 7 << 14).to_bytes(4, "little"), (10, 8)),
        (b'<?xml version="1.0"?><svg viewBox="0 0 12.4 7" xmlns="x">', (12, 7)),
        (b'<svg width="30px" height="20">', (30, 20)),
        (b'<svg width="100%" height="20">', None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"\xff\xd8\xff", None),
        (b"not an image", None),
        (b"", None),
    ],
)
def test_the_size_of_an_image(tmp_path: Path, data: bytes, size: tuple[int, int] | None) -> None:
    path = tmp_path / "image"
    path.write_bytes(data)
    assert size_of(path) == size


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"RIFF1234WEBPVP8 ", b"<svg "]))
def test_no_file_is_too_odd_to_measure(tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "odd"
    path.write_bytes(head + data)
    size_of(path)


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["python", "c++", "html", "json", "", "nosuch", "diff"]))
def test_highlighting_changes_no_character(code: str, language: str) -> None:
    html, _ = highlighted(code, language)
    text = re.sub(r"</?span[^>]*>", "", html)
    for entity, character in {"&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'", "&amp;": "&"}.items():
        text = text.replace(entity, character)
    same = {code, code.replace("\r\n", "\n").replace("\r", "\n")}  # lexers know one kind of line end
    assert text in same


@pytest.mark.parametrize(
    ("info", "language"),
    [("python", "python"), ("Python {1,3}", "python"), ("text:", "text"), ("{.c++}", "c++"), ("py{1}", "py"), ("", ""),
     ("c# title", "c#"), ("  bash  ", "bash"), ("objective-c", "objective-c")],
)  # fmt: skip
def test_the_language_of_a_fence(info: str, language: str) -> None:
    assert language_of(info) == language


def test_moments() -> None:
    assert moment(None, BERLIN) is None
    assert moment(date(2026, 7, 1), BERLIN).isoformat() == "2026-07-01T00:00:00+02:00"
    assert moment(datetime(2026, 1, 1, 9), BERLIN).isoformat() == "2026-01-01T09:00:00+01:00"
    there = datetime(2026, 1, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert moment(there, BERLIN) is there


def test_both_languages_of_the_theme_say_the_same_things() -> None:
    english, chinese = (read_strings([BUILT_IN / "strings"], [name]) for name in ("en", "zh"))
    assert english.texts.keys() == chinese.texts.keys()
    for name, text in english.texts.items():
        if not name.startswith("date"):
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese.texts[name])), name
    assert english.date(date(2026, 3, 4)) == "March 4, 2026"
    assert english.short_date(date(2026, 3, 4)) == "Mar 4, 2026"
    assert chinese.date(date(2026, 3, 4)) == "2026 年 3 月 4 日"
    assert english.count("posts", 1) == "1 post"
