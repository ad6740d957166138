"""Front matter: what is a field, what is text, and where a fault is."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.content import read_front_matter
from pipeline.errors import ContentError

CST = dt.timezone(dt.timedelta(hours=8))


def fault(text):
    with pytest.raises(ContentError) as caught:
        read_front_matter(text, "post.md")
    assert caught.value.path == "post.md"
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize(("fence", "line"), [("---", "title: x"), ("+++", 'title = "x"')])
def test_the_parts_are_located(fence, line, bom, end):
    text = bom + end.join([f"{fence} ", line, "", f"{fence}\t", "Body", ""])
    front = read_front_matter(text, "post.md")
    assert front.data == {"title": "x"}
    assert front.kind == {"---": "yaml", "+++": "toml"}[fence]
    assert text[front.start : front.end] == f"{line}{end}{end}"
    assert text[front.body :] == f"Body{end}"


def test_the_last_line_may_be_the_fence():
    text = "---\ntitle: x\n---"
    assert text[read_front_matter(text, "").body :] == ""


@pytest.mark.parametrize(
    "text",
    [
        "Just text.\n",
        "",
        "\ufeffText after a byte order mark.\n",
        " ---\ntitle: not on the first column\n---\n",
        "\n---\ntitle: not on the first line\n---\n",
        "----\ntitle: four dashes\n----\n",
        "---\n\nA thematic break on line one, and text.\n",
        "---\nA thematic break\n---\nand another\n",
        "---\n\n# A heading\n\nWith `code` it ends thus:\n\n- one: two\n  x: [\n\n---\n",
        "---\n# Heading\n\n`code` *and* text\n\n---\n",
        "---\n- a list\n- between breaks\n\n---\n",
        "---",
    ],
)
def test_texts_without_fields(text):
    front = read_front_matter(text, "post.md")
    assert front.data == {}
    assert front.kind == ""
    bom = text.startswith("\ufeff")
    assert (front.start, front.end, front.body) == (bom, bom, bom)


@pytest.mark.parametrize("raw", ["", "\n", "# only a comment\n", "  \n# a\n# b\n"])
def test_no_fields_between_fences_is_front_matter(raw):
    front = read_front_matter(f"---\n{raw}---\nBody", "post.md")
    assert front.kind == "yaml"
    assert front.data == {}


@pytest.mark.parametrize(
    "raw", ["title: x", "  title: x", '"title": x', "标题: x", "title : x", "{title: x}", "# why\n\ntitle: x"]
)
def test_spellings_of_a_field(raw):
    assert "x" in read_front_matter(f"---\n{raw}\n---\n", "post.md").data.values()


def test_dates_and_unknown_fields_are_kept():
    yaml = "date: 2024-01-02\nlastmod: 2024-01-02T03:04:05+08:00\nparams: {deep: [1, two]}\nweight: 3\n"
    data = read_front_matter(f"---\n{yaml}---\n", "post.md").data
    moment = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=CST)
    assert data == {"date": dt.date(2024, 1, 2), "lastmod": moment, "params": {"deep": [1, "two"]}, "weight": 3}
    toml = "date = 2024-01-02\nlastmod = 2024-01-02T03:04:05+08:00\nweight = 3\n[params]\ndeep = [1, 'two']\n"
    assert read_front_matter(f"+++\n{toml}+++\n", "post.md").data == data


@pytest.mark.parametrize("written", ["1.10", "Yes", "2024", "2024-01-01", "12:30", "0x1F", "1e3", "null and void"])
def test_texts_are_as_they_are_written(written):
    raw = f"title: {written}\ntags: [{written}, other]\nslug: {written}\n"
    data = read_front_matter(f"---\n{raw}---\n", "post.md").data
    assert data == {"title": written, "tags": [written, "other"], "slug": written}


def test_other_fields_keep_their_types():
    data = read_front_matter("---\nn: 1.10\nyes: No\nparams:\n  title: 3\n---\n", "post.md").data
    assert data == {"n": 1.1, "yes": False, "params": {"title": 3}}


def test_anchors_and_merge_keys():
    raw = "a: &a {x: 1}\nn: {b: &b {<<: *a, x: 2}}\nc: {<<: *b, y: 3}\n"
    data = read_front_matter(f"---\n{raw}---\n", "post.md").data
    assert data == {"a": {"x": 1}, "n": {"b": {"x": 2}}, "c": {"x": 2, "y": 3}}


@pytest.mark.parametrize(
    ("raw", "line", "cause", "remedy"),
    [
        ("a: 1\ntitle: one: two", 3, "mapping values are not allowed", "quotes"),
        ("a: 1\ntitle: @x", 3, "cannot start", "quotes"),
        ("a: 1\ntitle: 'x\nb: 2", 3, "end of stream", "quotes"),
        ("a: 1\ntags: [x\nb: 2", 4, "not valid YAML", "quotes"),
        ("a: 1\n\tb: 2", 3, "tab", "blanks"),
        ("a: 1\nb: 2\na: 3", 4, "`a` stands here twice", "Remove one"),
        ("x:\n  a: 1\n  a: 2", 4, "`a` stands here twice", "Remove one"),
        ("a: 1\ndate: 2024-13-45", 3, "month must be in", "Mend the value"),
        ("a: 1\nb: x\x07y", 3, "control character", "Delete"),
        ("a: !thing 1", 2, "could not determine a constructor", "quotes"),
        ("title x\na: 1", 3, "not valid YAML", "quotes"),
        ("- a: 1\n- x\nb: 2", 4, "not valid YAML", "quotes"),
    ],
)
def test_a_fault_in_yaml_has_its_line(raw, line, cause, remedy):
    for end in ("\n", "\r\n"):
        error = fault(f"---\n{raw}\n---\nBody\n".replace("\n", end))
        assert (error.line, cause in error.message, remedy in error.remedy) == (line, True, True), error
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("raw", "line", "cause"),
    [("a = 1\nb = ", 3, "Invalid value"), ("a = 1\na = 2", 3, "Cannot overwrite"), ("a: 1", 2, "Expected '='")],
)
def test_a_fault_in_toml_has_its_line(raw, line, cause):
    error = fault(f"+++\n{raw}\n+++\n")
    assert (error.line, cause in error.message) == (line, True), error


@pytest.mark.parametrize(
    "text", ["---\ntitle: x\n\nBody\n", "+++\n\nBody\n", "---\ntitle: x\n--- \u00a0\n", "+++\n---\n"]
)
def test_a_fence_that_is_never_closed(text):
    error = fault(text)
    assert error.line == 1
    assert f"Add a line `{text[:3]}`" in error.remedy


@pytest.mark.parametrize("raw", ["'title: x'", "|\n title: x"])
def test_what_is_no_list_of_fields(raw):
    assert "is not a list of `key: value` fields" in fault(f"---\n{raw}\n---\n").message


@pytest.mark.parametrize(("fence", "equals"), [("---", ":"), ("+++", " =")])
def test_bottomless_nesting_is_an_error_and_no_crash(fence, equals):
    assert fault(f"{fence}\na{equals} {'[' * 5000}{']' * 5000}\n{fence}\n").line == 1


def test_comments_before_text_are_judged_quickly():
    assert read_front_matter("---\n" + "#" * 200 + "\ntext\n---\n", "post.md").kind == ""


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(st.sampled_from("-+=:#ab'\"[]{}\n\r \t\ufeff&*!%@`|>12"), max_size=60), st.sampled_from(["---", "+++", ""])
)
def test_any_text_is_read_or_refused(text, fence):
    whole = f"{fence}\n{text}\n{fence}\nBody" if fence else text
    line, front = 1, None
    try:
        front = read_front_matter(whole, "post.md")
    except ContentError as error:
        line = error.line or 0
    assert 1 <= line <= len(whole.splitlines()) + 1
    if front is None:
        return
    assert 0 <= front.start <= front.end <= front.body <= len(whole)
    if front.kind:
        assert whole[: front.start].lstrip("\ufeff").startswith(("---", "+++"))
        assert whole[front.end : front.body].startswith(whole.lstrip("\ufeff")[:3])
