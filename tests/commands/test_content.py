"""status, explain, translate, approve: what they say, to people and to programs."""

import re

import pytest

STATE = {"post": "posts/hello", "locale": "zh"}

GONE = '[engines.gone]\nkind = "libretranslate"\nurl = "http://127.0.0.1:9"\nretries = 0\n'


def test_status_of_a_new_post(site):
    done = site.ok("status")
    assert done.out.splitlines() == [
        "post         locale  state    changed  why",
        "posts/hello  zh      missing  3/3      there is no translation",
        "",
        "1 translation: 1 missing.",
    ]
    assert done.err == "Next: pipeline translate\n"


def test_status_as_json_has_the_agreed_shape(translated):
    translated.write(
        "content/en/posts/hello.md", translated.read("content/en/posts/hello.md").replace("Another", "A new")
    )
    translated.write("content/en/about.md", "About\n")
    (about, hello) = translated.ok("status", "--json").json["posts"]
    assert about == {
        "post": "about",
        "locale": "zh",
        "state": "missing",
        "changed": 1,
        "segments": 1,
        "reason": "there is no translation",
    }
    assert list(hello) == list(about)
    assert (hello["state"], hello["changed"], hello["segments"]) == ("stale", 1, 3)
    assert hello["reason"] == "1 of 3 segments changed, the first in line 6"


def test_status_lists_what_needs_something_and_counts_the_rest(translated):
    translated.write("content/en/new.md", "New\n")
    translated.write("content/en/own.md", "---\ntranslate: false\n---\nEnglish only\n")
    short, whole = translated.ok("status").out, translated.ok("status", "--all").out
    assert re.findall(r"^(\S+)  +zh", short, re.MULTILINE) == ["new"]
    assert re.findall(r"^(\S+)  +zh", whole, re.MULTILINE) == ["new", "own", "posts/hello"]
    total = "3 translations: 1 missing, 1 excluded, 1 current."
    assert short.splitlines()[-1] == whole.splitlines()[-1] == total
    assert len(translated.ok("status", "--json").json["posts"]) == 3


def test_status_when_nothing_is_to_do(translated):
    done = translated.ok("status")
    assert (done.out, done.err) == ("1 translation: 1 current. Nothing to do.\n", "")


def test_status_of_an_empty_site(empty):
    empty.write("pipeline.toml", "")
    assert empty.ok("status").out == "There are no posts.\n"
    assert empty.ok("status", "--json").json == {"posts": []}


def test_columns_line_up_beside_chinese_names(site):
    site.write("content/en/posts/你好.md", "Text\n")
    lines = site.ok("status").out.splitlines()
    assert lines[1].startswith("posts/hello  zh ")
    assert lines[2].startswith("posts/你好   zh ")


def test_a_draft_in_review_is_next(site):
    site.ok("translate")
    done = site.ok("status")
    assert "in review" in done.out
    assert done.err == "Next: pipeline approve posts/hello  # when you have read its draft in drafts/\n"


def test_translate_says_where_the_segments_came_from(translated):
    text = translated.read("content/en/posts/hello.md")
    translated.write("content/en/posts/hello.md", text.replace("A second paragraph", "An entirely other text"))
    done = translated.ok("translate")
    assert "posts/hello (zh): 3 segments: 2 kept, 1 by the engine" in done.out
    assert "  wrote drafts/zh/posts/hello.md" in done.out
    assert re.search(r"^pseudo: 1 request, \d+ characters\.$", done.out, re.MULTILINE)
    assert done.err == "Next: pipeline approve posts/hello  # when you have read drafts/zh/posts/hello.md\n"
    assert translated.ok("translate").out == "Nothing to translate.\n"


def test_translate_as_json_has_the_agreed_shape(site):
    report = site.ok("translate", "--json").json
    assert list(report) == ["posts", "engine"]
    assert list(report["engine"]) == ["name", "requests", "characters", "retries"]
    (post,) = report["posts"]
    assert list(post) == ["post", "locale", "draft", "segments", "problems"]
    counts = {"total": 3, "kept": 0, "memory": 0, "adapted": 0, "fuzzy": 0, "machine": 3, "untranslated": 0}
    assert post == {**STATE, "draft": "drafts/zh/posts/hello.md", "segments": counts, "problems": []}
    assert site.ok("translate", "--json").json["posts"] == []


@pytest.fixture
def unreachable(site, configured):
    """The only engine is one that nobody answers for."""
    configured(
        'engine = "pseudo"',
        'engine = "gone"\n[engines.gone]\nkind = "libretranslate"\nurl = "http://127.0.0.1:9"\nretries = 0',
    )
    return site


def test_what_no_engine_can_translate_needs_a_person(unreachable):
    done = unreachable.run("translate", "--json")
    assert done.code == 3
    (post,) = done.json["posts"]
    assert post["segments"]["untranslated"] == 3
    assert {"check", "severity", "line", "message"} == set(post["problems"][0])
    assert "Unfinished" in done.err
    assert "Traceback" not in done.err
    again = unreachable.run("translate")
    assert again.code == 3
    line = post["problems"][-1]["line"]
    assert f"  drafts/zh/posts/hello.md:{line}: " in again.out
    refused = unreachable.run("approve", "--all")
    assert refused.code == 3
    assert re.search(r"^not approved posts/hello \(zh\): drafts/zh/posts/hello\.md:\d+: ", refused.out, re.MULTILINE)
    assert unreachable.run("approve", "posts/hello", "--json").json["refused"][0]["post"] == "posts/hello"
    assert not (unreachable.root / "content/zh").exists()
    assert unreachable.run("translate", "--engine", "pseudo").code == 0


def files(site):
    """All but the caches."""
    return sorted(path for path in site.root.rglob("*") if path.is_file() and ".pipeline" not in path.parts)


def test_a_dry_run_writes_and_sends_nothing(site):
    before = files(site)
    done = site.ok("translate", "--dry-run")
    assert re.search(r"^pseudo would be sent \d+ characters in 1 request\.$", done.out, re.MULTILINE)
    assert "posts/hello (zh): 3 segments: 3 by the engine" in done.out
    assert done.err == ""
    assert files(site) == before


def test_posts_are_named_by_key_or_by_file(site):
    site.write("content/en/other.md", "Other\n")
    report = site.ok("translate", "content/en/posts/hello.md", "--json").json
    assert [post["post"] for post in report["posts"]] == ["posts/hello"]
    assert site.ok("approve", "drafts/zh/posts/hello.md").out == "approved posts/hello (zh)\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["translate", "posts/helo"], "there is no post `posts/helo`. Did you mean `posts/hello`?"),
        (["explain", "posts/helo"], "there is no post `posts/helo`. Did you mean `posts/hello`?"),
        (["approve", "posts/hello"], "there is no draft of `posts/hello`."),
        (["translate", "--locale", "zz"], "`zz` is not a target locale. Choose from zh."),
        (["translate", "--locale", "zhh"], "`zhh` is not a target locale. Did you mean `zh`?"),
        (["approve", "--all", "--locale", "en"], "`en` is not a target locale."),
        (["translate", "--engine", "psuedo"], "there is no engine `psuedo`. Did you mean `pseudo`?"),
    ],
)
def test_a_wrong_name_is_an_error_with_the_nearest_right_one(site, arguments, says):
    done = site.run(*arguments)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: ")
    assert says in done.err


def test_a_wrong_engine_is_one_even_when_nothing_is_to_do(translated):
    assert translated.run("translate", "--engine", "psuedo").code == 1


@pytest.mark.parametrize(
    "arguments", [["approve"], ["approve", "--all", "posts/hello"], ["explain"], ["statsu"], ["status", "--jsn"]]
)
def test_wrong_usage(site, arguments):
    done = site.run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Usage: pipeline" in done.err


def test_approve_says_what_went_live(site):
    site.ok("translate")
    done = site.ok("approve", "--all")
    assert (done.out, done.err) == ("approved posts/hello (zh)\n", "Next: pipeline build\n")
    assert (site.root / "content/zh/.source/posts/hello.md").is_file()
    assert site.ok("approve", "--all").out == "There are no drafts.\n"


def test_approve_as_json(site):
    site.ok("translate")
    done = site.ok("approve", "--all", "--json")
    assert done.json == {"approved": [STATE], "refused": []}


def test_drafts_that_hold_nothing_new_can_approve_themselves(translated, configured):
    configured("[publish]", '[review]\napprove = "when nothing new"\n[publish]')
    text = translated.read("content/en/posts/hello.md")
    first, rest = text.split("Another one.\n\n")
    translated.write("content/en/posts/hello.md", f"{first}Another one.\n\n```text\nnew code\n```\n\n{rest}")
    done = translated.ok("translate")
    assert "approved posts/hello (zh)" in done.out
    assert "Next" not in done.err
    assert "new code" in translated.read("content/zh/posts/hello.md")


def stages(site, post="posts/hello"):
    return {(row["stage"], row["locale"]): row for row in site.run("explain", post, "--json").json["stages"]}


def test_explain_follows_a_post_to_its_page(site):
    before = stages(site)
    assert before["translation", "zh"]["state"] == "missing"
    assert before["page", "en"]["why"] == "not built yet: run `pipeline build`"
    site.ok("translate")
    assert stages(site)["draft", "zh"]["why"] == "drafts/zh/posts/hello.md"
    site.ok("approve", "--all")
    site.ok("build")
    after = stages(site)
    assert after["source", "en"]["why"] == "content/en/posts/hello.md"
    assert after["snapshot", "zh"]["why"] == "content/zh/.source/posts/hello.md"
    assert after["translation", "zh"]["state"] == "current"
    assert after["page", "en"]["state"] == "there"
    assert after["page", "zh"]["why"] == (
        "https://example.org/blog/zh/posts/hello/ in public/zh/posts/hello/index.html"
    )
    (site.root / "public/zh/posts/hello/index.html").unlink()
    assert stages(site)["page", "zh"]["state"] == "none"


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("draft: true", "held back: `draft: true`"),
        ("publishDate: 2999-01-01", "held back: its date is in the future"),
        ("expiryDate: 2020-01-01", "expired"),
    ],
)
def test_explain_says_why_there_is_no_page(site, field, why):
    site.write("content/en/posts/hello.md", f"---\ntitle: x\n{field}\n---\nText\n")
    site.write("content/en/about.md", "Other\n")
    site.ok("build")
    assert why in stages(site)["page", "en"]["why"]


def test_explain_says_that_a_page_is_hidden(site, configured):
    configured('title = "Test"', 'title = "Test"\nuntranslated = "hide"')
    site.ok("build")
    assert stages(site)["page", "en"]["state"] == "there"
    assert "hidden until it is translated" in stages(site)["page", "zh"]["why"]


def test_explain_names_the_lines_that_changed_and_the_marks(unreachable):
    unreachable.run("translate")
    rows = unreachable.ok("explain", "posts/hello").out
    assert re.search(r"^mark +zh +untranslated +line 6: ", rows, re.MULTILINE)


def test_explain_names_the_segments_that_changed(translated):
    text = translated.read("content/en/posts/hello.md")
    translated.write("content/en/posts/hello.md", text.replace("Another one", "Some other one") + "\nNew.\n")
    out = translated.ok("explain", "content/zh/posts/hello.md").out
    assert re.search(r"^change +zh +edited +line 6: One sentence\. Some other one\.$", out, re.MULTILINE)
    assert re.search(r"^change +zh +new +line 10: New\.$", out, re.MULTILINE)


def test_explain_of_a_post_whose_source_is_gone(translated):
    (translated.root / "content/en/posts/hello.md").unlink()
    found = stages(translated)
    assert found["source", "en"]["state"] == "gone"
    assert found["translation", "zh"]["state"] == "orphaned"


def test_explain_of_a_post_that_cannot_be_read(translated):
    translated.write("content/en/posts/hello.md", "---\ntitle: a: b\n---\n")
    done = translated.run("explain", "posts/hello")
    assert done.code == 1
    assert re.search(r"^source +en +unreadable +content/en/posts/hello\.md:2: ", done.out, re.MULTILINE)


def test_new_takes_the_name_of_a_file_before_the_title(site):
    done = site.run("new", "A second post!")
    assert done.code == 2
    assert "posts/a-second-post 'A second post!'" in " ".join(done.err.split())
    site.ok("new", "posts/a-second-post", "A second post!")
    assert 'title: "A second post!"' in site.read("content/en/posts/a-second-post.md")


def test_status_says_what_no_engine_could_translate(site, configured):
    configured('engine = "pseudo"', 'engine = "gone"')
    site.write("pipeline.toml", site.read("pipeline.toml") + GONE)
    assert site.run("translate").code == 3
    assert "; 3 marked as not translated" in site.ok("status").out
    site.ok("translate", "--engine", "pseudo")
    assert "marked" not in site.ok("status").out
    assert site.ok("approve", "--all").out
