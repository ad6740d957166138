"""Words that stand there twice. Chinese doubles many on purpose (看看, 人人), so only some are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Page
from pipeline.translation.typography import HAN

__all__ = ["doubled"]

# Each with what makes a doubling of it right: 目的的确, 为了了解, 于是是非.
_SINGLE = re.compile(
    r"(?<![目有标])的的(?![确士])|(?<!不)了了(?![解结断如然却望不无])|(?<![于但只还可就正总或若要都也即便不算])是是(?!非)"
    r"|和和(?![美气睦平])|也也|或或|把把(?!手|关)|被被|这这|那那(?!么)|而而|且且|并并|但但"
)
_WORDS = (
    "我们 你们 他们 它们 自己 可以 可能 需要 应该 因为 所以 如果 但是 以及 或者 并且 而且 一个 "
    "这个 那个 这些 那些 通过 使用 进行 没有 已经 其中 然后 例如 比如 对于 关于 由于 为了 时候 之间 之后 之前"
)
_REPEATED = re.compile(
    rf"({_WORDS.replace(' ', '|')})\1"
    rf"|(?P<long>[{HAN}]{{3,12}})(?P=long)"
    r"|(?<![A-Za-z0-9'’_.-])(?P<latin>[A-Za-z]{2,})[ ]+(?P=latin)(?![A-Za-z0-9'’_-])"
    r"|，[，]+|、、+|；；+|：：+|(?<!。)。。(?!。)"
)


def doubled(page: Page) -> Iterator[Found]:
    """Doubled words and punctuation. What the source has twice may be there twice."""
    source = page.source.body if page.source else ""
    for stretch in page.stretches:
        for pattern in (_SINGLE, _REPEATED):
            for match in pattern.finditer(stretch.text):
                if _on_purpose(match[0]) or match[0] in source:
                    continue
                yield Found(stretch.line_at(match.start()), f"`{match[0]}` is doubled.", "Remove one.")


def _on_purpose(text: str) -> bool:
    """哈哈哈哈 and the like."""
    return len(set(text)) == 1 and text[0] not in "，、；：。" and len(text) > 2
