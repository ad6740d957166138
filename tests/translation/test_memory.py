"""What is found in the memory, which of several, and what the report says of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.content import Library
from pipeline.errors import ConfigError
from pipeline.markdown import Segment, parse_units
from pipeline.translation.entries import Entry, entry_of
from pipeline.translation.known import exported, import_tmx, known, memory_file
from pipeline.translation.lookup import search, stats
from pipeline.translation.memory import Memory
from pipeline.translation.tmx import tmx_lines


def segment(markdown):
    return parse_units(markdown)[0][0].segments[0]


def entry(source, target, post="a", around=("", ""), file=""):
    made = entry_of(post, 1, segment(source), segment(target))
    return Entry(post, 1, made.message, made.signature, made.target, made.tags, around, made.source, file)


def text(found):
    return "".join(piece.text for piece in found.target) if found else None


def remembering(*entries):
    memory = Memory()
    memory.learn(entries)
    return memory


SEVERAL = [
    entry("Yes", "一", "a", ("x", "y")),
    entry("Yes", "二", "b", ("before", "y")),
    entry("Yes", "三", "c", ("before", "after")),
    entry("Yes", "四", "d", ("u", "v")),
    entry("Yes", "五", "", ("before", "after"), file="memory/zh.tmx"),
]


@pytest.mark.parametrize(
    ("near", "around", "wanted"),
    [
        ("d", ("before", "after"), "三"),  # what stands around it decides
        ("d", ("before", "other"), "四"),  # then the post
        ("e", ("before", "other"), "二"),  # then what stands at one side of it
        ("e", ("", ""), "一"),  # then the order
    ],
)
def test_which_of_several(near, around, wanted):
    assert text(remembering(*SEVERAL).find(segment("Yes"), near=near, around=around)) == wanted


def test_what_was_imported_comes_after_the_posts_own():
    memory = remembering(SEVERAL[-1], SEVERAL[3])
    assert text(memory.find(segment("Yes"), around=("before", "after"))) == "四"
    assert text(remembering(SEVERAL[-1]).find(segment("Yes"))) == "五"


def test_tags_must_be_the_same_and_keep_what_they_hold_here():
    memory = remembering(entry("Use `a` and **b**.", "用**b**与`a`。"))
    assert memory.find(segment("Use `x` and **b**."))
    assert memory.find(segment("Use **a** and `b`.")) is None
    assert memory.find(segment("Use <br> and **b**.")) is None


def test_a_pair_of_tags_is_never_taken_for_an_opaque_one():
    memory = remembering(entry("This is a <b>bold</b> word of it all.", "这是<b>粗</b>词。"))
    assert memory.fuzzy(segment("This is a <br> bold word of it all."), 50.0) is None
    assert memory.fuzzy(segment("This is a <b>bold</b> word of this all."), 50.0)


ENGLISH = "The cache is emptied after every run of the parser.\n\nAn `old` paragraph.\n"
CHINESE = "每次解析之后都会清空缓存。\n\n一个`旧`段落。\n"


def test_a_report_says_what_the_memory_gave(checkout):
    checkout.approved(ENGLISH, CHINESE, "posts/old")
    checkout.english("Something new.\n\nAn `other` paragraph.\n")
    (found,) = checkout.translate_one().matches
    assert (found.line, found.kind, found.origin, found.score) == (3, "memory", "posts/old:3", 100.0)
    assert "一个`other`段落。" in checkout.draft()


def test_a_similar_one_has_its_score_in_the_mark_and_its_origin_in_the_report(checkout):
    checkout.configure(url="http://127.0.0.1:9")
    checkout.approved(ENGLISH, CHINESE, "posts/old")
    checkout.english("New here.\n\nThe cache is emptied before every run of the parser.\n")
    report = checkout.translate_one()
    (found,) = report.matches
    assert (found.line, found.kind, found.origin) == (3, "fuzzy", "posts/old:1")
    assert 85 < found.score < 100
    assert f"每次解析之后都会清空缓存。 <!-- pipeline: fuzzy {int(found.score)}% -->" in checkout.draft()
    (problem,) = [problem for problem in report.problems if problem.check == "fuzzy"]
    assert "posts/old:1" in problem.message
    assert report.to_json()["matches"] == [
        {"line": 3, "kind": "fuzzy", "score": round(found.score, 1), "origin": "posts/old:1"}
    ]


def test_what_is_below_the_threshold_is_not_taken(checkout):
    checkout.configure("fuzzy_threshold = 99.0", url="http://127.0.0.1:9")
    checkout.approved(ENGLISH, CHINESE, "posts/old")
    checkout.english("The cache is emptied before every run of the parser.\n")
    assert checkout.translate_one().counts.untranslated == 1


TMX = """\
<tmx version="1.4">
<header/><body>
<tu><tuv xml:lang="en"><seg>Something new.</seg></tuv><tuv xml:lang="zh-CN"><seg>新的东西。</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>An <ph x="1">`x`</ph> paragraph.</seg></tuv>
<tuv xml:lang="zh-CN"><seg>导入的<ph x="1">`x`</ph>段落。</seg></tuv></tu>
</body></tmx>
"""


def test_imported_pairs_are_used_where_no_post_has_the_same(checkout):
    checkout.write("memory/zh.tmx", TMX)
    checkout.approved(ENGLISH, CHINESE, "posts/old")
    checkout.english("Something new.\n\nAn `other` paragraph.\n")
    report = checkout.translate_one()
    assert checkout.draft() == "新的东西。\n\n一个`other`段落。\n"
    assert [match.origin for match in report.matches] == ["memory/zh.tmx:3", "posts/old:3"]
    assert not checkout.server.requests


def test_what_was_imported_cannot_bring_markup_along(checkout):
    evil = "见 [此](https://evil.example) &lt;script&gt;x&lt;/script&gt; https://evil.example **粗**"
    checkout.write("memory/zh.tmx", TMX.replace("新的东西。", evil))
    checkout.english("Something new.\n")
    checkout.translate()
    (unit,) = parse_units(checkout.draft())[0]
    assert all(piece.kind == "text" for piece in unit.pieces)


def test_a_damaged_file_of_imported_pairs_is_said_with_its_line(checkout):
    checkout.write("memory/zh.tmx", "<tmx>\n</x>")
    checkout.english("Something new.\n")
    with pytest.raises(ConfigError) as raised:
        checkout.translate()
    assert (raised.value.path, raised.value.line) == (checkout.root / "memory/zh.tmx", 2)


def entries_of(checkout):
    settings = checkout.settings
    return list(known(settings, Library.read(settings), "zh"))


def said(entry):
    return entry.message, entry.signature, Segment("text", 0, 0, entry.target).message


def test_a_memory_that_is_exported_and_imported_elsewhere_is_the_same(checkout, tmp_path):
    checkout.approved(ENGLISH, CHINESE, "posts/old")
    checkout.approved(
        "# An old\n\n| a | b |\n|---|---|\n| Yes | Yes |\n", "# 旧\n\n| 甲 | 乙 |\n|---|---|\n| 是 | 有 |\n"
    )
    mine = entries_of(checkout)
    file = tmp_path / "a.tmx"
    file.write_text("".join(exported(checkout.settings, "zh", mine)), encoding="utf-8")
    other = type(checkout)(tmp_path / "other", checkout.server)
    settings = other.settings
    assert import_tmx(settings, Library.read(settings), "zh", file, dry_run=True).added == len(mine)
    assert not memory_file(settings, "zh").exists()
    done = import_tmx(settings, Library.read(settings), "zh", file)
    assert (done.added, done.known, done.skipped) == (len(mine), 0, ())
    assert sorted(map(said, entries_of(other))) == sorted(map(said, mine))
    assert [entry.post for entry in entries_of(other)] == [entry.post for entry in mine]
    before = memory_file(settings, "zh").read_bytes()
    assert import_tmx(settings, Library.read(settings), "zh", file).added == 0
    assert memory_file(settings, "zh").read_bytes() == before


def test_an_import_adds_to_what_is_there_and_leaves_out_what_posts_have(checkout, tmp_path):
    checkout.approved("Something new.\n", "新的东西。\n")
    checkout.write("memory/zh.tmx", "".join(tmx_lines([entry("A word", "一词", "b")], source="en", target="zh-CN")))
    (tmp_path / "in.tmx").write_text(TMX, encoding="utf-8")
    done = import_tmx(checkout.settings, Library.read(checkout.settings), "zh", tmp_path / "in.tmx")
    assert (done.added, done.known) == (1, 1)
    assert [entry.message for entry in entries_of(checkout)] == ["Something new.", "A word", "An <1/> paragraph."]


def test_an_import_never_rewrites_what_another_tool_wrote(checkout, tmp_path):
    checkout.write("memory/zh.tmx", TMX)
    (tmp_path / "in.tmx").write_text(TMX.replace("Something", "Anything"), encoding="utf-8")
    with pytest.raises(ConfigError, match="another tool wrote this"):
        import_tmx(checkout.settings, Library.read(checkout.settings), "zh", tmp_path / "in.tmx")
    assert checkout.read("memory/zh.tmx") == TMX


WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "`c`", "**d**"]), min_size=1, max_size=4).map(" ".join)


@given(st.lists(st.tuples(WORDS, st.sampled_from("甲乙丙"), st.sampled_from("ab")), max_size=12))
def test_the_numbers_add_up(pairs):
    entries = [made for source, target, post in pairs if (made := entry(source + " x", target + source, post))]
    found = stats("zh", entries)
    distinct = {(one.message, one.signature, said(one)[2]) for one in entries}
    assert found.segments == len(entries) == found.duplicates + len(distinct)
    sources = {(one.message, one.signature) for one in entries}
    several = [
        key for key in sources if len({said(one)[2] for one in entries if (one.message, one.signature) == key}) > 1
    ]
    assert len(found.conflicts) == len(several)
    assert found.posts == len({one.post for one in entries})


def test_a_search_gives_the_best_first():
    entries = [
        entry("The cache is emptied before every run.", "运行之前清空缓存。", "b"),
        entry("The cache is emptied after every run.", "运行之后清空缓存。", "a"),
        entry("Read about the cache is emptied after every run. And more of it, and more and more.", "读。", "c"),
        entry("Nothing of that kind.", "没有。", "d"),
    ]
    hits = search(entries, " The cache is  emptied after every run. ", threshold=75, limit=9)
    assert [(hit.kind, hit.origin) for hit in hits] == [("exact", "a:1"), ("fuzzy", "b:1"), ("contains", "c:1")]
    assert hits[0].score == 100.0 > hits[1].score > 85
    assert search(entries, "清空缓存", threshold=75, limit=1)[0].kind == "contains"
    assert search(entries, "  ", threshold=75, limit=9) == []


def test_a_search_reads_tags_as_they_are_written_and_not_at_all():
    entries = [entry("Use `pip` **now**.", "**现在**用`pip`。")]
    for text in ("Use `pip` **now**.", "Use  now."):
        (hit,) = search(entries, text, threshold=75, limit=9)
        assert hit.score > 90, text
    assert hit.source == "Use `pip` **now**."
