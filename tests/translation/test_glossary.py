"""glossary.csv: how it is read, what is wrong with it, and where its terms stand in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.translation.glossary import Glossary, Term, read_glossary


def glossary(*terms):
    found = [Term(*term.split("=", 1)) for term in terms]
    return Glossary(tuple(sorted(found, key=lambda term: -len(term.source))))


@pytest.fixture
def read(tmp_path):
    def read(data):
        path = tmp_path / "glossary.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_glossary(path)

    return read


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("source,target\n", []),
        ("source,target,note\ndraft,草稿,\nGo,=,\n", [("draft", "草稿", ""), ("Go", "", "")]),
        ("\ufeffSource , Target\r\n draft , 草稿 \r\n", [("draft", "草稿", "")]),
        ("source,target\rdraft,草稿\r", [("draft", "草稿", "")]),
        ("source,target\n\n# a comment, with commas, and more\n  \ndraft,草稿", [("draft", "草稿", "")]),
        (
            'source,target,note\n"a, b","甲，乙","he said ""x""\nand more"\n',
            [("a, b", "甲，乙", 'he said "x"\nand more')],
        ),
        (
            "source,target,note\ndraft,草稿,a\u2028b\x85c\nfoo,x,\n",
            [("draft", "草稿", "a\u2028b\x85c"), ("foo", "x", "")],
        ),
        ("source,target\nfuzzy  match,模糊匹配\n", [("fuzzy match", "模糊匹配", "")]),
        ("source,target,note,owner\ndraft,草稿,n,me\n", [("draft", "草稿", "n")]),
    ],
)
def test_what_is_read(read, text, terms):
    assert [(term.source, term.target, term.note) for term in read(text).terms] == terms


def test_there_need_not_be_one(tmp_path):
    assert read_glossary(tmp_path / "glossary.csv") == Glossary()


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        ("", 1, "does not begin with the line"),
        ("draft,草稿\n", 1, "does not begin with the line"),
        ("source,note\ndraft,x\n", 1, "does not begin with the line"),
        ("source;target;note\n", 1, "Separate the columns by commas."),
        ("source,target\ndraft\n", 2, "`draft` lacks a source or a target"),
        ("source,target\na,b\n,草稿\n", 3, "`,草稿` lacks a source or a target"),
        ("source,target\ndraft,\n", 2, "Write `=`"),
        ("source,target,note\ndraft,草,稿,其它\n", 2, "more cells than the first line"),
        ("source,target\ndraft,草稿\n\nDraft,草\n", 4, "the term `Draft` stands in line 2 already"),
        ('source,target,note\ndraft,草稿,"two\nlines"\na,b,"x\ny"\ndraft,x,\n', 6, "stands in line 2 already"),
        ('source,target,note\na,b,\ndraft,草稿,"never closed\nb,c,\n', 3, "a quotation mark is not closed"),
        ('source,target,note\ndraft,"草"稿,\n', 2, "a quotation mark is not closed or has something behind it"),
        ("source,target\ndr\0aft,草稿\n", 2, "a character that cannot be seen"),
        ("source,target\n—,破折号\n", 2, "does not begin with a letter or digit"),
        ("source,target\ndraft,草稿\n".encode("gbk"), 2, "this is no UTF-8"),
        ("source,target\ndraft,草稿\n".encode("utf-16"), 1, "this is no UTF-8"),
    ],
)
def test_what_is_wrong_has_its_line(read, data, line, said):
    with pytest.raises(ConfigError) as raised:
        read(data)
    assert raised.value.line == line
    assert said in str(raised.value)
    assert raised.value.remedy


def test_a_directory_is_no_glossary(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_glossary(tmp_path)


TERMS = glossary(
    "LazyLLM=", "C++=", ".NET=", "S3=", "GitHub Actions=", "node.js=", "draft=草稿", "draft pull request=草稿拉取请求",
    "memory=内存", "translation memory=翻译记忆库", "policy=策略", "API=接口", "box=盒子",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A draft, drafts, Drafts and DRAFTS", ["draft", "drafts", "Drafts", "DRAFTS"]),
        ("the draft's end, draft’s, drafts'", ["draft", "draft", "drafts"]),
        ("policies, a policy's policy", ["policies", "policy", "policy"]),
        ("boxes of a box", ["boxes", "box"]),
        ("(draft) “draft” draft. draft,draft!", ["draft"] * 5),
        ("redraft drafting draftsman", []),
        ("draft-ready pre-draft", []),
        ("a translation memory, Translation-memory, translation memories",
         ["translation memory", "Translation-memory", "translation memories"]),
        ("draft pull requests are drafts", ["draft pull requests", "drafts"]),
        ("GitHub  Actions, GitHub\u00a0Actions", ["GitHub  Actions", "GitHub\u00a0Actions"]),
        ("LazyLLM's LazyLLMs, not lazyllm", ["LazyLLM", "LazyLLMs"]),
        ("API and APIs, not api", ["API", "APIs"]),
        ("C++ and C++11, the .NET runtime, ASP.NET", ["C++", ".NET"]),
        ("S3-compatible, AWS/S3, non-S3, S30", ["S3", "S3", "S3"]),
        ("Node.js and NODE.JS", ["Node.js", "NODE.JS"]),
        ("draft.md my.draft draft.io/x https://draft.io/draft C:\\draft docs/draft", []),
        ("#draft @draft $draft draft_x", []),
        ("这个draft很好", ["draft"]),
    ],
)  # fmt: skip
def test_where_terms_stand(text, found):
    assert [text[start:end] for start, end, _ in TERMS.matches(text)] == found


def test_the_longest_wins():
    assert [term.target for *_, term in TERMS.matches("a translation memory in memory")] == ["翻译记忆库", "内存"]


@pytest.mark.parametrize(
    ("words", "source"),
    [("Drafts", "draft"), ("policies", "policy"), ("github actions", "GitHub Actions"), ("drafting", None)],
)
def test_finding_a_term_by_its_words(words, source):
    found = TERMS.find(words)
    assert (found.source if found else None) == source


@pytest.mark.parametrize(
    ("words", "singular"),
    [
        ("drafts", "draft"),
        ("Draft", "draft"),
        ("policies", "policy"),
        ("boxes", "box"),
        ("GitHub  Actions", "GitHub  Actions"),
        ("Translation-memories", "Translation-memory"),
        ("draft pull  requests", "draft pull  request"),
    ],
)
def test_the_singular(words, singular):
    assert TERMS.find(words).singular(words).casefold() == singular.casefold()


@given(st.text(st.sampled_from("draft memory s.-/#'C+API 内\n"), max_size=60))
def test_matches_are_in_order_and_do_not_overlap(text):
    end = 0
    for start, stop, term in TERMS.matches(text):
        assert end <= start < stop
        assert TERMS.find(text[start:stop]) == term
        end = stop
