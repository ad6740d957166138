"""What was learnt is kept between runs, and is never more than a cache."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.content import Library
from pipeline.translation import store as room
from pipeline.translation.known import known, known_memory
from pipeline.translation.memory import Memory
from pipeline.translation.store import Store, open_store
from tests.translation.test_memory import CHINESE, ENGLISH, TMX, entry, segment

PLACE = ".pipeline/memory/zh.sqlite"


def texts(checkout):
    settings = checkout.settings
    found = known(settings, Library.read(settings), "zh")
    return ["".join(piece.text or piece.source for piece in entry.target) for entry in found]


WORDS = st.lists(
    st.sampled_from(["alpha", "beta 7", "beta 8", "`c`", "**d**", "<br>", "\\*", "e\n"]), min_size=1, max_size=4
)
PAIRS = st.lists(
    st.tuples(WORDS.map(" ".join), st.sampled_from("甲乙丙"), st.sampled_from("abc")), min_size=1, max_size=8
)


@given(PAIRS, PAIRS, st.tuples(*[st.sampled_from(["", "alpha"])] * 2))
def test_a_store_finds_what_a_memory_finds(tmp_path_factory, pairs, queries, around):
    entries = [entry("x " + source, target + source, post, around) for source, target, post in pairs]
    by_post = {post: [one for one in entries if one.post == post] for post in "abc"}
    posts = {post: ("1", lambda post=post: by_post[post]) for post in by_post}
    store = open_store(tmp_path_factory.mktemp("store") / "zh.sqlite", posts)
    kept, plain = Memory(store=store), Memory()
    for post in "abc":
        plain.learn(by_post[post])
    for source, _, near in [*pairs, *queries]:
        what = segment("x " + source)
        for one, other in (
            (kept.find(what, near=near, around=around), plain.find(what, near=near, around=around)),
            (kept.alike(what, near=near), plain.alike(what, near=near)),
            *zip(kept.fuzzy(what, 60.0) or (None,), plain.fuzzy(what, 60.0) or (None,), strict=True),
        ):
            assert same(one) == same(other)
    store.close()


def same(entry):
    """All of an entry but where its tags once stood."""
    if not hasattr(entry, "target"):
        return entry
    parts = [[(p.kind, p.source, p.text, p.id, p.name, p.value) for p in side] for side in (entry.source, entry.target)]
    return entry.post, entry.line, entry.message, entry.signature, entry.tags, entry.around, parts


def test_only_what_changed_is_learnt_again(checkout, monkeypatch):
    checkout.approved(ENGLISH, CHINESE, "a")
    checkout.approved("# One\n", "# 一\n", "b")
    learnt = []
    original = room.Store.refresh

    def counted(self, posts):
        watched = {
            name: (digest, lambda name=name, learn=learn: (learnt.append(name), learn())[1])
            for name, (digest, learn) in posts.items()
        }
        original(self, watched)

    monkeypatch.setattr(room.Store, "refresh", counted)
    assert texts(checkout) == ["每次解析之后都会清空缓存。", "一个`旧`段落。", "一"]
    assert learnt == ["a", "b"]
    texts(checkout)
    assert learnt == ["a", "b"]
    checkout.approved("# One\n", "# 壹\n", "b")
    assert texts(checkout)[2:] == ["壹"]
    assert learnt == ["a", "b", "b"]
    (checkout.root / "content/zh/b.md").unlink()
    assert len(texts(checkout)) == 2
    checkout.write("memory/zh.tmx", TMX)
    assert texts(checkout)[2:] == ["新的东西。", "导入的`x`段落。"]
    checkout.write("memory/zh.tmx", TMX.replace("新的", "新"))
    assert texts(checkout)[2:] == ["新东西。", "导入的`x`段落。"]
    assert len(learnt) == 5


def test_another_program_learns_anew(checkout, monkeypatch):
    checkout.approved(ENGLISH, CHINESE)
    texts(checkout)
    with sqlite3.connect(checkout.root / PLACE) as db:
        db.execute("UPDATE entry SET pieces = replace(pieces, '清空', '污染')")
    db.close()
    assert "污染" in texts(checkout)[0]
    monkeypatch.setattr(room, "_program", lambda: "another")
    assert "污染" not in texts(checkout)[0]


@pytest.mark.parametrize("damage", [b"", b"no database at all, and long enough to be sure of it" * 99, None])
def test_a_damaged_file_is_made_anew(checkout, damage):
    checkout.approved(ENGLISH, CHINESE)
    texts(checkout)
    file = checkout.root / PLACE
    file.write_bytes(file.read_bytes()[:5000] if damage is None else damage)
    assert len(texts(checkout)) == 2


def test_where_nothing_can_be_kept_it_is_found_all_the_same(checkout):
    checkout.approved(ENGLISH, CHINESE)
    checkout.write(".pipeline/memory", "in the way")
    assert len(texts(checkout)) == 2
    settings = checkout.settings
    assert known_memory(settings, Library.read(settings), "zh").find(segment("An `old` paragraph."))


def test_two_at_once(tmp_path):
    one, other = Store(tmp_path / "a"), Store(tmp_path / "a")
    for store in (one, other, one):
        store.refresh({"a": ("1", lambda: [entry("One", "一")]), "b": ("2", lambda: [entry("Two", "二", "b")])})
    assert [found.message for found in other] == ["One", "Two"]
    one.close()
    other.close()
