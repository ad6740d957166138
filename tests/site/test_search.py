"""The index of the search, read as theme/assets/search.js reads it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.site import indexing
from pipeline.site.cache import Cache, Row, packed
from pipeline.site.indexing import Making
from pipeline.site.search import contents, encoded, patch, place_of, terms, weights
from tests.site.conftest import Site


def found(files: dict[str, bytes], query: str) -> set[int]:
    count = json.loads(files["index.json"])["files"]
    pages: set[int] | None = None
    for term in terms(query):
        shard = json.loads(files[f"{place_of(term) % count}.json"])
        starts = [name for name in shard if name == term or (len(term) < 2 and name.startswith(term))]
        here = {page for name in starts for page in shard[name][::2]}
        pages = here if pages is None else pages & here
    return pages or set()


def index(documents: Iterable[tuple[str, str, str]]) -> tuple[int, list[bytes]]:
    """The size and the shards of an index."""
    documents = list(documents)
    with tempfile.TemporaryDirectory() as folder:
        making = Making(Path(folder), len(documents), lambda first, count: documents[first : first + count])
        for part in making.gathers:
            making.gathered(part, making.gather(part))
        for part in making.merges:
            making.merged(part, making.merge(part))
        return making.size, [making.shard(number) for number in making.shards]


def index_files(documents: list[tuple[str, str]]) -> dict[str, bytes]:
    """The files of an index of titles and texts."""
    shards = index((title, "", text) for title, text in documents)[1]
    listed = [[title, f"/{number}/", "", "zh-CN"] for number, (title, _) in enumerate(documents)]
    files = {f"{number}.json": data for number, data in enumerate(shards)}
    return {"index.json": contents([str(len(shard)) for shard in shards], listed), **files}


def site_with(*texts: str) -> dict[str, bytes]:
    return index_files([(f"T{number}", text) for number, text in enumerate(texts)])


def test_a_part_of_a_chinese_word_is_found() -> None:
    files = site_with("大模型的分布式训练需要很多显卡", "分布在各地，式样不同", "另一篇")
    assert found(files, "分布式") == {0}
    assert found(files, "训练") == {0}
    assert found(files, "分布") == {0, 1}
    assert found(files, "篇") == {2}


def test_words_and_stretches_of_chinese_are_told_apart() -> None:
    assert sorted(terms("Go语言与GPU_1, naïve 篇! " + "x" * 40)) == sorted(
        ["go", "语言", "言与", "与", "gpu_1", "naïve", "篇", "x" * 32]
    )


def test_widths_and_capitals_do_not_matter() -> None:
    files = site_with("ＰｙＴｏｒｃｈ 与 GPU", "pytorch")
    assert found(files, "PyTorch") == {0, 1}


def test_the_title_counts_most() -> None:
    files = index_files([("a", "word " * 50), ("word", "")])
    pairs = json.loads(files["0.json"])["word"]
    assert dict(zip(pairs[::2], pairs[1::2], strict=True))[1] > dict(zip(pairs[::2], pairs[1::2], strict=True))[0]


@settings(deadline=None)
@given(st.text(), st.integers(0, 30), st.integers(1, 30))
def test_every_stretch_of_chinese_is_found(text: str, start: int, length: int) -> None:
    text = "分布式训练" + text + "编译器优化"
    part = text[start : start + length]
    whole = set(terms(text))
    if all("\u4e00" <= character <= "\u9fff" for character in part) and len(part) > 1:
        assert {first + second for first, second in pairwise(part)} <= whole


def test_a_large_index_is_in_many_files() -> None:
    files = site_with(*(f"word{number} " * 3 + chr(0x4E00 + number) * 2 + "共同" for number in range(3000)))
    assert len(files) > 4
    assert max(map(len, files.values())) < 200_000
    assert found(files, "共同") == set(range(3000))


@given(st.text(min_size=1))
def test_what_begins_with_a_part_of_a_word_is_with_it(text: str) -> None:
    for term in terms(text):
        starts = [term[:1]] if term[0] > "\u3000" else [term[:length] for length in range(3, len(term))]
        assert {place_of(start) for start in starts} <= {place_of(term)}


def test_words_that_begin_with_one_letter_are_in_many_files() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [f"s{one}{two}{three}" for one in letters for two in letters for three in "aeiou"]
    files = site_with(*(" ".join(words) for _ in range(100)))
    sizes = sorted(len(data) for name, data in files.items() if name != "index.json")
    assert sizes[-1] < 4 * sum(sizes) / len(sizes)


def test_each_language_has_its_own(bilingual: Site) -> None:
    bilingual.build()

    def titles(folder: Path) -> list[list[str]]:
        found = json.loads((folder / "search/index.json").read_text())
        assert {path.name for path in (folder / "search").glob("*.json")} == {
            "index.json",
            *(f"{number}.json" for number in range(found["files"])),
        }
        return [[title, href, language] for title, href, _, language in found["documents"]]

    assert ["First", "/posts/first/", "en"] in titles(bilingual.public)
    assert ["第一篇", "/zh/posts/first/", "zh-CN"] in titles(bilingual.public / "zh")
    assert ["Second", "/zh/posts/second/", "en"] in titles(bilingual.public / "zh")
    assert '<meta name="robots" content="noindex">' in bilingual.html("search")


_documents = st.tuples(*[st.text("abc 中文", max_size=9)] * 3)


@given(st.lists(_documents, min_size=1, max_size=5), st.integers(0, 4), _documents)
def test_a_patched_index_is_as_one_made_anew(
    documents: list[tuple[str, str, str]], number: int, new: tuple[str, str, str]
) -> None:
    number = min(number, len(documents) - 1)
    size, (before,) = index(documents)
    shard = json.loads(before)
    size += patch(shard, number, weights(*documents[number]), weights(*new))
    total, anew = index([*documents[:number], new, *documents[number + 1 :]])
    assert (size, [encoded(shard)]) == (total, anew)


@given(st.lists(st.text(), max_size=4))
def test_an_index_is_the_json_of_its_terms(texts: list[str]) -> None:
    documents = [(text, text, text) for text in texts]
    size, (shard,) = index(documents)
    pairs: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        for term, weight in weights(*document).items():
            pairs.setdefault(term, []).extend((number, weight))
    assert shard == encoded(pairs)
    assert size == sum(2 * len(term) + 6 * len(found) // 2 for term, found in pairs.items())


def test_it_is_the_same_in_however_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    # So many terms that there are several shards.
    texts = [
        f"post {number} " + "".join(chr(0x4E00 + (number * 37 + at * 11) % 3000) for at in range(400))
        for number in range(40)
    ]
    documents = [(f"T{number}", f"字 {number}", text) for number, text in enumerate(texts)]
    whole = index(documents)
    assert len(whole[1]) > 1
    for gathered, merges in ((1, 1), (7, 256)):
        monkeypatch.setattr(indexing, "_DOCUMENTS", gathered)
        monkeypatch.setattr(indexing, "_MERGES", merges)
        assert index(documents) == whole


def test_the_texts_of_an_index_are_known_until_it_is_brought_up_to_date(tmp_path: Path) -> None:
    """Builds that fail may have forgotten an article, and rendered it again, since an index was made of it."""
    cache = Cache(tmp_path / "cache", tmp_path / "out")
    row = Row("", "digest", "", "{}")
    cache.keep_article("en/posts/a", row, packed("<p>old</p>"), "old")
    cache.forget_superseded()
    cache.forget_articles(["en/posts/a"])
    assert cache.article("en/posts/a") is None
    cache.keep_article("en/posts/a", row, packed("<p>new</p>"), "new")
    cache.keep_article("en/posts/a", row, packed("<p>newer</p>"), "newer")
    assert cache.searched_text("en/posts/a") == "old"
    cache.forget_superseded()
    assert cache.searched_text("en/posts/a") == "newer"
