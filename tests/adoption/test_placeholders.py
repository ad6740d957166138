"""Which pages stand in for a text that is not there."""

import pytest

from pipeline.adoption.placeholders import placeholder
from tests.adoption.old_site import CHINESE, ENGLISH

EN, ZH = "\n\n".join(ENGLISH), "\n\n".join(CHINESE)
LONG_EN, LONG_ZH = f"{EN}\n\n" * 4, f"{ZH}\n\n" * 4
PLACEHOLDERS = {
    "English below a notice": ("## 等待被翻译\n\n非常抱歉，这篇博文还没有被翻译成中文。\n\n" + EN, "zh", EN),
    "the same": (EN, "zh", EN),
    "the same in other lines": (EN.replace(". ", ".\n"), "zh", EN),
    "a notice alone": ("待翻译", "zh", LONG_EN),
    "a notice alone for a short page": ("待翻译", "zh", "Hello, world."),
    "to be translated": ("To be translated.", "zh", LONG_EN),
    "a to-do": ("TODO", "zh", LONG_EN),
    "nothing": ("", "zh", LONG_EN),
    "a word": ("你好", "zh", LONG_EN),
    "an older English": (EN.replace("2023", "2021"), "zh", EN),
    "Chinese below an English notice": (
        "## Summary\n\nWhat it is about.\n\n## To be translated\n\nOh Sorry!\n\n"
        "This blog has't been translated to English, please wait for a little while...\n\n" + ZH,
        "en",
        ZH,
    ),
    "Chinese where English should be": (ZH, "en", ZH),
}
TEXTS = {
    "a translation": (ZH, "zh", EN),
    "English": (EN, "en", ZH),
    "alone": (EN, "en", None),
    "a short page": ("你好，世界。", "zh", "Hello, world."),
    "two empty ones": ("", "zh", ""),
    "code only": ("```python\nprint(1)\n```\n", "zh", "```python\nprint(1)\n```\n"),
    "much code and many terms": (
        "## GEMM 优化\n\n" + "- `cublasSgemm(handle, CUBLAS_OP_N)` 与 Tensor Core FP16 accumulate 的关系\n" * 6,
        "zh",
        "## GEMM\n\n" + "- how `cublasSgemm(handle, CUBLAS_OP_N)` relates to Tensor Core FP16 accumulation\n" * 6,
    ),
    "a translation that will go on": (LONG_ZH + "\n未完待续\n", "zh", LONG_EN),
    "an announcement": (LONG_EN + "\n\nMore is coming soon.\n", "en", LONG_ZH),
    "a translated notice": ("敬请期待", "zh", "Coming soon"),
}


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_placeholders(name):
    assert placeholder(*PLACEHOLDERS[name])


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name):
    assert placeholder(*TEXTS[name]) == ""


def test_they_count_as_missing(adoption):
    adoption.both("a", chinese=("## 等待被翻译", "还没有被翻译", *ENGLISH))
    adoption.both("b", english=("## To be translated", "Oh sorry!", *CHINESE))
    adoption.both("c")
    adoption.both("d", english=(), chinese=(*CHINESE, *CHINESE, *CHINESE))
    adoption.old.write("content/posts/_index.en.md", "---\ntitle: Posts\n---\n")
    adoption.old.write("content/posts/_index.zh-cn.md", "---\ntitle: 文章\n---\n\n" + "\n\n".join(CHINESE * 3))
    report = adoption.run()
    assert [(gap.post, gap.path) for gap in report.missing] == [("posts/a", "content/posts/a/index.zh-cn.md")]
    assert "等待被翻译" in report.missing[0].reason
    assert {entry.path for entry in report.left_out} == {
        "content/posts/b/index.en.md",
        "content/posts/b/index.zh-cn.md",
        "content/posts/d/index.en.md",
        "content/posts/d/index.zh-cn.md",
    }
    assert {name: state.state for name, state in adoption.states().items()} == {
        "posts/a": "missing",
        "posts/c": "current",
        "posts/_index": "current",
    }
    assert "content/zh/posts/a/index.md" not in adoption.files()
