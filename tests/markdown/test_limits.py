"""No text costs more than its length does: each of these took minutes with a rule that looks at everything again."""

import time

import pytest

from pipeline.markdown import difference, parse_units

N = 8000
TEXTS = {
    "brackets": "[" * N,
    "links": "[a](" * N,
    "images": "![" * N,
    "notes": "^[" * N,
    "asterisks": "*a " * N,
    "emphasis": "*a **b_ " * N,
    "backticks": " ".join("`" * length for length in range(200)),
    "tags": "<a " * N,
    "comments": "<!--" * N,
    "dollars": "$a " * N,
    "math": "\\(" * N + "\\[" * N,
    "math blocks": "$$\n" * N,
    "shortcodes": '{{< a "' * N,
    "addresses": "http://" * N + "a@" * N,
    "quotes": ("> " * 50 + "a\n") * 100,
    "deep quotes": ">" * N,
    "items": "".join("  " * depth + "- a\n" for depth in range(200)),
    "deep items": "- " * N,
    "titles": '[a](b "' * N,
    "attributes": "# a {" + ".a " * N,
    "containers": ":::a\n" * (N // 8),
    "lazy lines": "> a\n" + "b\n" * N,
    "HTML": "<div>\n" + "<a {\n" * N,
    "fences in HTML": "<Tab>\n" + "```\n" * N + "~~~\n" * N,
    "expressions in HTML": "<Tab>\n" + "{/*\n" * N,
    "a long line": "word www " * 20_000,
    "a long Chinese line": "中文，" * 50_000,
    "a row": "|a" * 2000 + "\n" + "|-" * 2000 + "\n" + "|b" * 2000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_in_proportion(name):
    started = time.thread_time()
    parse_units(TEXTS[name])
    difference(TEXTS[name], TEXTS[name] + "\nx")
    assert time.thread_time() - started < 8
