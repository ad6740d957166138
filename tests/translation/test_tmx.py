"""TMX files: ours read by others, others' and hostile ones read by us."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from translate.storage.tmx import tmxfile

from pipeline.errors import ConfigError
from pipeline.markdown import Segment, parse_units
from pipeline.translation.entries import Entry, entry_of
from pipeline.translation.memory import Memory
from pipeline.translation.tmx import Languages, read_tmx, tmx_lines

DTD = Path(__file__).parent / "tmx14.dtd"
ZH = Languages("en", "zh-CN")


def segment(markdown):
    return next(segment for unit in parse_units(markdown)[0] for segment in unit.segments if segment.kind == "text")


def entry(source, target, post="posts/foo", around=("", "")):
    made = entry_of(post, 3, segment(source), segment(target))
    assert made
    return Entry(post, 3, made.message, made.signature, made.target, made.tags, around, made.source)


def said(entry):
    """What a pair says, without where it is from."""
    return entry.message, entry.signature, entry.tags, Segment("text", 0, 0, entry.target).message


def write(path, *entries, source="en", target="zh-CN"):
    path.write_bytes("".join(tmx_lines(entries, source=source, target=target)).encode())
    return path


MARKED = entry(
    "Built [**LazyLLM**](https://a.org/b?c&d) with `pip <x>`, ![alt](x.png) and <u>new</u> & more.",
    "用 `pip <x>` 和 <u>新</u>、![alt](x.png) 等 & 构建了 [**LazyLLM**](https://a.org/b?c&d)。",
)


def test_a_file_is_valid_by_the_document_type(tmp_path):
    path = write(tmp_path / "a.tmx", MARKED, entry("Yes", "是"), entry("Yes", "有", around=("Before <1/>", "")))
    tree = etree.parse(path)
    dtd = etree.DTD(str(DTD))
    assert dtd.validate(tree), dtd.error_log
    assert tree.docinfo.encoding == "UTF-8"
    languages = [tuv.get("{http://www.w3.org/XML/1998/namespace}lang") for tuv in tree.iter("tuv")]
    assert set(languages) == {"en", "zh-CN"}


def test_the_translate_toolkit_reads_it(tmp_path):
    path = write(tmp_path / "a.tmx", MARKED, entry("A second one.", "第二句。"))
    one, other = tmxfile.parsefile(str(path)).units
    assert one.source == (
        "Built [**LazyLLM**](https://a.org/b?c&d) with `pip <x>`, ![alt](x.png) and <u>new</u> & more."
    )
    assert one.target.startswith("用 `pip <x>` 和 <u>新</u>")
    assert (other.source, other.target) == ("A second one.", "第二句。")
    found = tmxfile.parsefile(str(path)).translate("A second one.", "en", "zh-CN")
    assert found == "第二句。"


def test_the_post_is_a_property_and_the_tags_are_elements(tmp_path):
    unit = ET.parse(write(tmp_path / "a.tmx", MARKED)).getroot().find(".//tu")
    assert [(prop.get("type"), prop.text) for prop in unit.iter("prop")] == [("x-post", "posts/foo")]
    ours, theirs = unit.iter("seg")
    assert [(tag.tag, tag.get("i"), tag.get("x"), tag.get("type")) for tag in ours] == [
        ("bpt", "1", "1", "link"),
        ("bpt", "2", "2", "bold"),
        ("ept", "2", None, None),
        ("ept", "1", None, None),
        ("ph", None, "3", "x-code"),
        ("ph", None, "4", "image"),
        ("bpt", "5", "5", "x-html"),
        ("ept", "5", None, None),
    ]
    assert [tag.get("x") for tag in theirs if tag.tag != "ept"] == ["3", "5", "4", "1", "2"]


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1
)
PARTS = st.lists(
    st.sampled_from(
        ["word", " ", "`a<b`", "**bold**", "*it*", '[link](/x?a&b "t")', "\\<1>", "&lt;2/&gt;", "<br>", "]]>"]
    ),
    min_size=1,
    max_size=7,
)


@given(PARTS, st.randoms(use_true_random=False), TEXT)
def test_what_is_exported_is_imported(tmp_path_factory, parts, chance, post):
    source = "Start " + " ".join(parts)
    shuffled = list(parts)
    chance.shuffle(shuffled)
    made = entry_of(post, 1, segment(source), segment("开始 " + " ".join(shuffled)))
    if made is None:
        return
    path = write(tmp_path_factory.mktemp("tmx") / "a.tmx", made)
    (read,) = read_tmx(path, ZH).entries
    assert said(read)[:2] == said(made)[:2]
    assert said(read)[3] == said(made)[3]
    assert read.post == post
    memory = Memory()
    memory.learn([read])
    assert memory.find(segment(source)) is read
    again = write(path.with_name("b.tmx"), read)
    assert again.read_bytes() == path.read_bytes()


@given(TEXT, TEXT)
def test_any_text_survives(tmp_path_factory, source, target):
    made = entry("word", "词")
    plain = lambda text: (made.source[0].__class__("text", "", 0, 0, text),)  # noqa: E731
    made = Entry("p", 1, f"A{source}", (), plain(target), (), source=plain(f"A{source}"))
    (read,) = read_tmx(write(tmp_path_factory.mktemp("tmx") / "a.tmx", made), ZH).entries
    assert said(read) == said(made)


def test_characters_that_no_xml_holds_are_left_out(tmp_path):
    path = write(tmp_path / "a.tmx", entry("A bell\x07.", "铃。"), entry("Fine.", "好。"))
    assert [entry.message for entry in read_tmx(path, ZH).entries] == ["Fine."]


def test_one_pair_is_written_once_and_several_targets_with_what_is_around(tmp_path):
    path = write(
        tmp_path / "a.tmx",
        entry("Yes", "是", "a", ("Is it?", "No")),
        entry("Yes", "是", "b", ("Is it?", "No")),
        entry("Yes", "有", "b", ("Any?", "")),
        entry("Other", "别", "b", ("x", "y")),
        entry("Other", "别", "c", ("u", "v")),
    )
    read = read_tmx(path, ZH).entries
    assert [(e.message, e.post, e.around) for e in read] == [
        ("Yes", "a", ("Is it?", "No")),
        ("Yes", "b", ("Any?", "")),
        ("Other", "b", ("", "")),
    ]


FOREIGN = """\
<?xml version="1.0" encoding="{encoding}"?>
<!DOCTYPE tmx SYSTEM "tmx11.dtd">
<tmx version="1.1">
  <header creationtool="OmegaT" segtype="sentence" srclang="EN-US" adminlang="EN-US" datatype="plaintext" o-tmf="x"/>
  <body>
    <tu tuid="1">
      <note>whatever</note>
      <tuv lang="EN-US"><seg>
         Hello,
         world.
      </seg></tuv>
      <tuv lang="ZH_CN"><seg>你好，<hi>世界</hi>。</seg></tuv>
      <tuv lang="FR"><seg>Bonjour.</seg></tuv>
    </tu>
    <tu>
      <tuv xml:lang="en-GB"><seg>Use <bpt i="3">&lt;b&gt;</bpt>this<ept i="3">&lt;/b&gt;</ept>.</seg></tuv>
      <tuv xml:lang="zh"><seg>用<bpt i="1">&lt;b&gt;</bpt>这个<ept i="1">&lt;/b&gt;</ept>。</seg></tuv>
    </tu>
    <tu><tuv xml:lang="en"><seg>Only</seg></tuv><tuv xml:lang="zh-TW"><seg>正體</seg></tuv></tu>
    <tu>
      <tuv xml:lang="en"><seg>A <bpt i="1">x</bpt>b.</seg></tuv>
      <tuv xml:lang="zh"><seg>不<bpt i="1">x</bpt>成<ept i="2">y</ept>。</seg></tuv>
    </tu>
    <tu><tuv xml:lang="en"><seg>42</seg></tuv><tuv xml:lang="zh"><seg>42</seg></tuv></tu>
    <tu><tuv xml:lang="en"><seg>No text</seg></tuv><tuv xml:lang="zh"><seg></seg></tuv></tu>
  </body>
</tmx>
"""


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_files_of_other_tools(tmp_path, encoding):
    path = tmp_path / "a.tmx"
    path.write_bytes(FOREIGN.format(encoding=encoding).encode(encoding))
    read = read_tmx(path, ZH, name="old.tmx")
    hello, use = read.entries
    assert said(hello) == ("Hello, world.", (), (), "你好，世界。")
    assert (hello.origin, use.origin) == ("old.tmx:6", "old.tmx:15")
    assert said(use)[:2] == ("Use <1>this</1>.", ("<html>",))
    memory = Memory()
    memory.learn(read.entries)
    assert memory.find(segment("Use <b>this</b>.")) is use
    assert memory.find(segment("Use **this**.")) is None
    assert read.skipped == (
        (19, "it is not in en and zh-CN"),
        (20, "its tags do not fit together"),
        (24, "it has no words"),
        (25, "it has no words"),
    )


@pytest.mark.parametrize(
    ("wanted", "found", "fits"),
    [
        ("zh-CN", "zh-cn", True),
        ("zh-CN", "ZH_Hans", True),
        ("zh-CN", "zh", True),
        ("zh-CN", "zh-SG", True),
        ("zh-CN", "zh-TW", False),
        ("zh-CN", "zh-Hant", False),
        ("zh-Hant", "zh-HK", True),
        ("zh-Hans-HK", "zh-CN", True),
        ("de", "de-AT", True),
        ("de", "den", False),
    ],
)
def test_which_languages_are_the_same(tmp_path, wanted, found, fits):
    path = write(tmp_path / "a.tmx", entry("A word.", "一词。"), target=found.replace("_", "-"))
    assert bool(read_tmx(path, Languages("en", wanted)).entries) is fits


def test_the_very_language_is_preferred(tmp_path):
    body = "".join(f'<tuv xml:lang="{tag}"><seg>{tag}</seg></tuv>' for tag in ("en-US", "zh", "en", "zh-CN"))
    path = tmp_path / "a.tmx"
    path.write_text(f'<tmx version="1.4"><header/><body><tu>{body}</tu></body></tmx>')
    (read,) = read_tmx(path, ZH).entries
    assert said(read) == ("en", (), (), "zh-CN")


BOMB = '<!DOCTYPE tmx [<!ENTITY a "{}"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'.format("x" * 100)
TU = '<tu>\n<tuv xml:lang="en"><seg>{}</seg></tuv><tuv xml:lang="zh"><seg>词</seg></tuv></tu>'


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        (BOMB + "<tmx>&b;</tmx>", 1, "a document type of its own"),
        ('<!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/passwd">]><tmx>&a;</tmx>', 1, "a document type of its own"),
        ('<!DOCTYPE tmx [\n<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]><tmx/>', 1, "a document type of its own"),
        ('<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx>\n' + TU.format("&evil;") + "</tmx>", 4, "an entity, `&evil;`"),
        ("<tmx>\n" + TU.format("&evil;") + "</tmx>", 3, "undefined entity"),
        ("<tmx>\n<body>\n</tmx>", 3, "mismatched tag"),
        ("", 1, "no element found"),
        ("source,target\na,b\n", 1, "syntax error"),
        ("<html>\n</html>", 1, "it begins with <html>"),
        ("<tmx>\n" + "<a>" * 100, 2, "nested too deeply"),
        ('<?xml version="1.0" encoding="klingon"?>\n<tmx/>', 1, ""),
    ],
)
def test_what_is_refused(tmp_path, text, line, cause):
    path = tmp_path / "a.tmx"
    path.write_text(text)
    with pytest.raises(ConfigError) as raised:
        read_tmx(path, ZH)
    assert cause in raised.value.message
    assert (raised.value.path, raised.value.line) == (path, line)
    assert raised.value.remedy


def test_bytes_that_are_no_utf_8(tmp_path):
    path = tmp_path / "a.tmx"
    path.write_bytes(b'<tmx version="1.4">\n\xff\xfe</tmx>')
    with pytest.raises(ConfigError) as raised:
        read_tmx(path, ZH)
    assert raised.value.line == 2


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        read_tmx(tmp_path / "a.tmx", ZH)
