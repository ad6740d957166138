"""Bounds on what an untrusted text can cost: no rule may look at the same characters again and again.

markdown-it looks for the end of every `[` to the end of the block. Brackets nested deeper than anyone writes are text.
"""

from __future__ import annotations

from types import ModuleType

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote.index import footnote_inline

__all__ = ["limits"]

_DEEPEST = 16


def limits(md: MarkdownIt) -> None:
    """Bound the work for link texts and inline footnotes. To be used after the footnote plugin."""
    bounded = ModuleType(helpers.__name__)
    vars(bounded).update(vars(helpers), parseLinkLabel=_label_end)
    md.helpers = bounded
    if "footnote_inline" in md.inline.ruler.get_all_rules():
        md.inline.ruler.at("footnote_inline", _note)


def _label_end(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: FBT001, FBT002, N803
    """Where the bracket opened at `start` closes, or -1. The signature is markdown-it's."""
    before, depth = state.pos, 1
    state.pos = start + 1
    try:
        while state.pos < state.posMax:
            position, character = state.pos, state.src[state.pos]
            if character == "]":
                depth -= 1
                if not depth:
                    return position
            state.md.inline.skipToken(state)
            if character == "[":
                if state.pos > position + 1 and disableNested:
                    return -1
                depth += state.pos == position + 1
                if depth > _DEEPEST:
                    return -1
        return -1
    finally:
        state.pos = before


def _note(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if not state.src.startswith("^[", state.pos) or _label_end(state, state.pos + 1) < 0:
        return False
    return footnote_inline(state, silent)
