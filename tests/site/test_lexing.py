"""The quick lexers find the tokens that Pygments' own do, in code of their language and in any other text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexers import find_lexer_class_by_name

from pipeline.site.lexing import _Quick, quick

LANGUAGES = [
    *("python", "c", "cpp", "go", "rust", "java", "javascript", "typescript", "jsx", "bash", "console", "yaml", "toml"),
    *(
        "json",
        "sql",
        "html",
        "css",
        "php",
        "ruby",
        "make",
        "docker",
        "diff",
        "ini",
        "lua",
        "kotlin",
        "swift",
        "haskell",
    ),
    *("nginx", "perl", "r", "scala", "csharp", "xml", "tex"),
]
ROOT = Path(__file__).parents[2]
TEXTS = [
    *(path.read_text(encoding="utf-8")[:3000] for path in sorted((ROOT / "tests/markdown/nasty").glob("*.md"))),
    *(
        (ROOT / name).read_text(encoding="utf-8")[:3000]
        for name in (
            "src/pipeline/site/rules.py",
            "Makefile",
            "Dockerfile",
            "pyproject.toml",
            "src/pipeline/site/theme/base.html",
        )
    ),
    "SELECT Count(*) FROM ſelect K WHERE İ = 'x' /* a\nb */;\n\\begin{a} %c\n",
    '\ufeff中文 = "é\\n" # λ\r\n\x00\x0b\u2028@a.b<c>${d}`e`\n',
]
ALPHABET = "abekKsSıſKİ_0.129(){}[]<>'\"`#/\\*=+-,;:!?@$%^&|~ \t\n中é"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_tokens(language: str) -> None:
    lexer = find_lexer_class_by_name(language)
    fast = quick(lexer)
    for text in TEXTS:
        assert list(fast().get_tokens(text)) == list(lexer().get_tokens(text))


@settings(max_examples=150)
@given(st.sampled_from(LANGUAGES), st.text(ALPHABET, max_size=60))
def test_the_same_tokens_in_any_text(language: str, text: str) -> None:
    lexer = find_lexer_class_by_name(language)
    assert list(quick(lexer)().get_tokens(text)) == list(lexer().get_tokens(text))


def test_most_lexers_are_quick() -> None:
    assert issubclass(quick(find_lexer_class_by_name("go")), _Quick)
