"""The one Markdown dialect: CommonMark, GFM, and what bilingual blogs use besides.

Segmentation and rendering share this object's rules, so what is translated is exactly what is shown.
"""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from pipeline.markdown.autolinks import autolinks
from pipeline.markdown.cjk import cjk_friendly, join_lines
from pipeline.markdown.dispatch import dispatch
from pipeline.markdown.headings import headings
from pipeline.markdown.limits import limits
from pipeline.markdown.math import math
from pipeline.markdown.shortcodes import shortcodes

__all__ = ["commonmark", "dialect"]

# Deep nesting is cut off where no person would write it, to bound the work an untrusted post can cause.
_DEEPEST = 60
_OPTIONS = {
    "html": True,
    "linkify": False,
    "typographer": False,
    "maxNesting": _DEEPEST,
    "tasklists": True,
    "alerts": True,
    "strikethrough_single_tilde": True,
}


def dialect() -> MarkdownIt:
    """A parser of the dialect, for the caller to add render rules to."""
    md = MarkdownIt("commonmark", _OPTIONS)
    md.core.ruler.at("normalize", _normalize)
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin)
    md.use(deflist_plugin)
    md.use(container_plugin, name="block", validate=lambda params, _: bool(params.strip()))
    md.use(limits)
    md.use(math)
    md.use(shortcodes)
    md.use(autolinks)
    md.use(headings)
    md.use(cjk_friendly)
    md.use(join_lines)
    md.use(dispatch)
    return md


def _normalize(state: StateCore) -> None:
    """As markdown-it does, without patterns: one kind of line end, and no NUL."""
    state.src = state.src.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _any_address(url: str) -> bool:  # noqa: ARG001 (markdown-it's signature)
    return True


@cache
def commonmark() -> MarkdownIt:
    """How forges show a draft: CommonMark with GFM's tables, strikethrough and footnotes. Shared; add nothing to it.

    Without footnotes, `[^a]: Words.` is a paragraph in English, but in Chinese, which has no blanks, it would define
    the target of a link. Every address is one: forges do not agree on which they refuse (`javascript:`).
    """
    md = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST})
    md.validateLink = _any_address  # type: ignore[method-assign]
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin, inline=False, move_to_end=False)
    return md.use(limits)
