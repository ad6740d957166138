"""Which English each translation stands on, from histories that are scripted with real git."""

import pytest

from tests.adoption.old_site import CHINESE, ENGLISH, changed, post

WORDS = "It keeps each sentence that somebody wrote, and asks an engine for all the others."
WORTE = "它保留人写下的每一个句子，其余的都交给机器去译。"


def pair(report, name):
    return next(pair for pair in report.adopted if pair.post == name)


def snapshot(adoption, name="posts/a"):
    return adoption.read(f"content/zh/.source/{name}/index.md")


def test_a_pair_that_never_changed_stands_on_todays_english(adoption):
    adoption.both("a")
    adoption.old.commit()
    report = adoption.run()
    assert pair(report, "posts/a").method == "unchanged"
    assert pair(report, "posts/a").score > 90
    assert snapshot(adoption) == post("a", *ENGLISH)
    assert adoption.states()["posts/a"].state == "current"


def test_an_english_edit_that_was_not_followed(adoption):
    adoption.both("a")
    first = adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit()
    report = adoption.run()
    found = pair(report, "posts/a")
    assert (found.method, found.commit, found.behind) == ("history", first, True)
    assert snapshot(adoption) == post("a", *ENGLISH)
    state = adoption.states()["posts/a"]
    assert (state.state, state.changed) == ("stale", 1)


def test_an_edit_of_words_alone_that_was_followed_later(adoption):
    adoption.both("a")
    adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit()
    adoption.both("a", None, changed(CHINESE, p2=WORTE))
    adoption.old.commit()
    adoption.run()
    assert adoption.states()["posts/a"].state == "current"


def test_a_slip_mended_in_the_chinese_does_not_make_it_current(adoption):
    adoption.both("a")
    first = adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit()
    adoption.both("a", None, changed(CHINESE, p5="最后一段只有文字，所以只有历史能说明问题。"))
    adoption.old.commit()
    report = adoption.run()
    assert pair(report, "posts/a").commit == first
    state = adoption.states()["posts/a"]
    assert (state.state, state.changed) == ("stale", 1)


def test_a_slip_mended_in_the_very_paragraph_that_is_behind(adoption):
    adoption.both("a")
    first = adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p1=ENGLISH[1].replace("2023", "2024")), None)
    adoption.old.commit()
    adoption.both("a", None, changed(CHINESE, p1=CHINESE[1].replace("读取", "阅读")))
    adoption.old.commit()
    assert pair(adoption.run(), "posts/a").commit == first


def test_a_commit_that_reformats_everything_moves_nothing(adoption):
    for slug in "abc":
        adoption.both(slug)
    adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit()
    for slug in "abc":
        for language, texts in (("en", changed(ENGLISH, p2=WORDS) if slug == "a" else ENGLISH), ("zh-cn", CHINESE)):
            spaced = [text.replace("，", ", ").replace("。", ". ").replace("- ", "* ") for text in texts]
            adoption.old.write(f"content/posts/{slug}/index.{language}.md", post(slug, *spaced))
    adoption.old.commit("reformat")
    adoption.run()
    states = adoption.states()
    assert (states["posts/a"].state, states["posts/a"].changed) == ("stale", 1)
    assert states["posts/b"].state == states["posts/c"].state == "current"


def test_a_commit_that_changes_both_everywhere_hides_no_earlier_edit(adoption):
    address = {"p3": ENGLISH[3].replace("/a)", "/b)")}, {"p3": CHINESE[3].replace("/a)", "/b)")}
    adoption.both("a")
    adoption.both("b")
    adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS, p5="The final paragraph says something else entirely now."), None)
    adoption.old.commit()
    drifted = changed(ENGLISH, p2=WORDS, p5="The final paragraph says something else entirely now.", **address[0])
    adoption.both("a", drifted, changed(CHINESE, **address[1]))
    adoption.both("b", changed(ENGLISH, **address[0]), changed(CHINESE, **address[1]))
    adoption.old.commit("all links move")
    adoption.run()
    states = adoption.states()
    assert states["posts/a"].state == "stale"
    assert states["posts/a"].changed >= 2
    assert states["posts/b"].state == "current"


def test_both_changed_in_one_commit(adoption):
    adoption.both("a")
    adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), changed(CHINESE, p2=WORTE))
    adoption.old.commit()
    adoption.run()
    assert adoption.states()["posts/a"].state == "current"


def test_the_chinese_committed_an_hour_before_its_english(adoption):
    adoption.both("a")
    adoption.old.commit()
    adoption.both("a", None, changed(CHINESE, p2=WORTE))
    adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit(after=0.04)
    adoption.run()
    assert adoption.states()["posts/a"].state == "current"


def test_a_number_tells_without_a_history_of_the_chinese(adoption):
    """The translation was made from an older English than the one in its commit, as squashed work is."""
    adoption.both("a", chinese=None)
    adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p1=ENGLISH[1].replace("2023", "2025")), None)
    adoption.old.commit()
    adoption.both("a", None)
    adoption.old.commit()
    adoption.run()
    assert snapshot(adoption) == post("a", *ENGLISH)
    state = adoption.states()["posts/a"]
    assert (state.state, state.changed) == ("stale", 1)


def test_an_added_paragraph_and_its_late_translation(adoption):
    adoption.both("a")
    adoption.old.commit()
    more = (*ENGLISH, "A paragraph that came later, with nothing but words in it.")
    adoption.both("a", more, None)
    adoption.old.commit()
    adoption.run()
    assert adoption.states()["posts/a"].changed == 1
    adoption.both("a", None, (*CHINESE, "后来添加的一段，里面只有文字。"))
    adoption.old.commit()
    adoption.root = adoption.tmp_path / "again"
    adoption.run()
    assert adoption.states()["posts/a"].state == "current"


def test_english_reformatted_after_the_translation_is_current(adoption):
    adoption.both("a")
    adoption.old.commit()
    wrapped = changed(ENGLISH, p2=ENGLISH[2].replace(", ", ",\n"))
    adoption.both("a", wrapped, None, extra="lastmod: 2024-05-06\n")
    adoption.old.commit()
    adoption.run()
    assert snapshot(adoption) == adoption.read("content/en/posts/a/index.md")
    assert adoption.states()["posts/a"].state == "current"


def test_a_placeholder_that_became_a_translation(adoption):
    adoption.both("a", chinese=("## 等待被翻译", "这篇博文还没有被翻译成中文", *ENGLISH))
    adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit()
    adoption.both("a", None)
    adoption.old.commit()
    adoption.run()
    assert adoption.states()["posts/a"].state == "current"


def test_an_english_made_from_the_chinese(adoption):
    adoption.both("a", english=None)
    adoption.old.commit()
    adoption.both("a", ("## To be translated", "Oh sorry!", *CHINESE), None)
    adoption.old.commit()
    adoption.both("a", ENGLISH, None)
    written = adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit()
    report = adoption.run()
    assert pair(report, "posts/a").commit == written
    assert adoption.states()["posts/a"].changed == 1


def test_renamed_files_are_followed(adoption):
    adoption.old.write("content/old/a.md", post("a", *ENGLISH))
    adoption.old.write("content/old/a.zh-cn.md", post("a", *CHINESE))
    first = adoption.old.commit()
    adoption.old.write("content/old/a.md", post("a", *changed(ENGLISH, p2=WORDS)))
    adoption.old.commit()
    for name, target in (("a.md", "index.en.md"), ("a.zh-cn.md", "index.zh-cn.md")):
        (adoption.old.root / "content/posts/a").mkdir(parents=True, exist_ok=True)
        adoption.old.git("mv", f"content/old/{name}", f"content/posts/a/{target}")
    adoption.old.commit()
    adoption.old.git("config", "diff.renames", "false")
    report = adoption.run()
    assert pair(report, "posts/a").commit == first
    assert snapshot(adoption) == post("a", *ENGLISH)


@pytest.mark.parametrize("key", ["default_lang_commit", "sourceCommit", "l10n:\n  source_commit"])
def test_a_pin_decides(adoption, key):
    adoption.both("a")
    first = adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit()
    adoption.both("a", None, changed(CHINESE, p2=WORTE), zh_extra=f"{key}: {first} # patched\n")
    adoption.old.commit()
    report = adoption.run()
    assert (pair(report, "posts/a").method, pair(report, "posts/a").commit) == ("pin", first)
    assert snapshot(adoption) == post("a", *ENGLISH)
    assert key.split()[0].rstrip(":") in report.kept


def test_a_pin_that_leads_nowhere_is_told(adoption):
    adoption.both("a", zh_extra="default_lang_commit: 0123456789abcdef0123456789abcdef01234567\n")
    adoption.old.commit()
    report = adoption.run()
    assert pair(report, "posts/a").method == "unchanged"
    assert "0123456789ab" in pair(report, "posts/a").doubt
    assert report.needs_person


def test_a_pin_without_a_history_is_no_doubt(adoption):
    adoption.both("a", zh_extra="default_lang_commit: 0123456789abcdef0123456789abcdef01234567\n")
    report = adoption.run()
    assert (pair(report, "posts/a").method, report.needs_person) == ("today", False)


def test_work_that_is_not_committed(adoption):
    adoption.both("a")
    adoption.both("b")
    adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.both("b", changed(ENGLISH, p2=WORDS), changed(CHINESE, p2=WORTE))
    adoption.both("new")
    report = adoption.run()
    states = adoption.states()
    assert (states["posts/a"].state, states["posts/a"].changed) == ("stale", 1)
    assert states["posts/b"].state == "current"
    assert states["posts/new"].state == "current"
    assert pair(report, "posts/new").method == "today"


def test_line_ends_of_a_checkout_are_no_change(adoption):
    adoption.both("a")
    adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit()
    for language in ("en", "zh-cn"):
        path = adoption.old.root / f"content/posts/a/index.{language}.md"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    adoption.run()
    assert snapshot(adoption) == post("a", *ENGLISH).replace("\n", "\r\n")
    assert adoption.states()["posts/a"].changed == 1


def test_merged_branches(adoption):
    """The translator's branch had the old English; the main branch changed it meanwhile."""
    adoption.both("a", chinese=None)
    adoption.old.commit()
    adoption.old.git("checkout", "--quiet", "-b", "translation")
    adoption.both("a", None)
    adoption.old.commit()
    adoption.old.git("checkout", "--quiet", "main")
    adoption.both("a", changed(ENGLISH, p2=WORDS), None)
    adoption.old.commit(after=-0.5)
    adoption.old.git("merge", "--quiet", "--no-edit", "translation")
    adoption.run()
    assert snapshot(adoption) == post("a", *ENGLISH)
    assert adoption.states()["posts/a"].changed == 1


def test_without_a_repository_it_is_todays_english(adoption):
    adoption.both("a")
    report = adoption.run()
    assert pair(report, "posts/a").method == "today"
    assert report.warnings == []
    assert adoption.states()["posts/a"].state == "current"


def test_a_translation_of_something_else_is_doubted(adoption):
    adoption.both("a", chinese=tuple(f"### 第 {number} 节\n\n`x{number}` 与 {number * 7}。" for number in range(9)))
    report = adoption.run()
    assert pair(report, "posts/a").score < 70
    assert "fits the English" in pair(report, "posts/a").doubt
