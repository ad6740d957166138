"""Random Markdown: blocks with inline markup in them, nested in containers, in any order, with any line ends."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["documents", "lines_of"]

_WORDS = [
    "Words", "are", "some", "text", "that_is", "a*b", "3.5", "%", "“quoted”", "中文", "é", "emoji🎉", "end.", "And,",
    "then:", "more!", "why?", "(maybe)", "[brackets]", "A.I.", "x<y",
]  # fmt: skip
_INLINE = [
    "*em*",
    "**strong**",
    "_em_",
    "__strong__",
    "***both***",
    "~~gone~~",
    "`code`",
    "`` a`b ``",
    "[link](/u)",
    "[ref]",
    "[full][ref]",
    '[titled](/u "A title")',
    "![image](/i.png)",
    '![an alt](/i.png "Title")',
    "<https://a.example>",
    "https://b.example/c",
    "www.c.example",
    "me@d.example",
    "<b>bold</b>",
    "<br>",
    '<span class="x">in</span>',
    "<code>x < y</code>",
    "<!-- c -->",
    "[^1]",
    "^[a note]",
    "$x_1$",
    "\\(y\\)",
    "$$z$$",
    '{{< s "a b" >}}',
    "{{% s %}}",
    "&amp;",
    "&nbsp;",
    "\\*",
    "\\[",
    "\\|",
    "**",
    "*",
    "_",
    "`",
    "[",
    "](",
    "<",
    ">",
    "|",
    "#",
    "!",
    "$",
    "~",
    "\\",
    "{",
    "}",
    "  \n",
    "\\\n",
    "\n",
    "\t",
    "\u3000",
    "\u00a0",
    "**注意：**正文",
    "[**bold** link](/v)",
    "*a **b** c*",
    "[https://e.example](/w)",
    "http://",
    "&",
    "{{",
    "}}",
    "<a href='/x'>y</a>",
]
_BLOCKS = [
    "---",
    "***",
    "```\ncode\n```",
    "~~~js\nlet x = `y`;\n\n# no\n~~~",
    "    indented code",
    "\tcode by tab",
    "$$\na_b\n$$",
    "\\[\nc\n\\]",
    "<div>\nText in *HTML*\n</div>",
    "<details><summary>More</summary>",
    "</details>",
    "<!-- a\n\ncomment -->",
    "<p>One</p> <p>Two <i>three</i></p>",
    "<script>\nalert(1)\n</script>",
    "| A | b \\| c |\n|---|:-:|\n| `x \\| y` | *d* |",
    "a | b\n-|-\nc | d",
    "[ref]: /target 'Its title'",
    "[^1]: A note\n\n    that goes on",
    "Term\n: Meaning",
    '{{< figure src="/a.png" >}}',
    "{{< highlight go >}}\nx := 1\n{{< /highlight >}}",
    "::: tip Some title\nInside\n:::",
    "> [!NOTE]\n> Alert",
    "import X from 'y'",
    "<Tab>\n\n```\nz\n```\n\n</Tab>",
    "<Steps>\n### One\n```\ncode\n```\n- two\n</Steps>",
    "- [ ] task",
    "1. one\n2. two",
    "* a\n\n  b",
    "Title\n===",
    "Title *em*\n---",
    "# Head {#id}",
    "## Head ##",
    "+++",
    "",
    "[x]:",
    "* * *x",
    "-\n",
]

_run = st.lists(st.one_of(st.sampled_from(_WORDS), st.sampled_from(_INLINE)), min_size=1, max_size=9)
_paragraph = st.builds(lambda parts, glue: glue.join(parts), _run, st.sampled_from([" ", " ", " ", "", "\n"]))
_leaf = st.one_of(
    _paragraph,
    st.sampled_from(_BLOCKS),
    st.builds(lambda level, text: "#" * level + " " + text.replace("\n", " "), st.integers(1, 6), _paragraph),
    st.builds(
        lambda one, other: f"| {one} | {other} |\n|---|---|\n| {other} | {one} |".replace("\n\n", "\n"),
        _paragraph,
        _paragraph,
    ),
)


def _nested(blocks: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inside = st.lists(blocks, min_size=1, max_size=3).map("\n\n".join)
    return st.one_of(
        st.builds(lines_of, inside, st.sampled_from([("> ", "> "), (">", ">"), ("> ", "")])),
        st.builds(
            lines_of,
            inside,
            st.sampled_from([("- ", "  "), ("1. ", "   "), ("-\t", "\t"), ("* ", ""), ("10) ", "    ")]),
        ),
        st.builds(lines_of, inside, st.sampled_from([("[^1]: ", "    "), ("Term\n: ", "  "), ("> [!TIP]\n> ", "> ")])),
    )


def lines_of(text: str, marks: tuple[str, str]) -> str:
    """A text with one thing before its first line and another before each further one."""
    return marks[0] + text.replace("\n", "\n" + marks[1])


_FRONT = st.sampled_from(
    [
        "",
        "",
        "---\ntitle: A title\nsummary: >\n  Some *words*\n  folded\n---\n",
        '+++\ntitle = "A title" # c\n+++\n',
        "\ufeff",
        "---\n\n",
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A whole file."""
    blocks = draw(st.lists(st.recursive(_leaf, _nested, max_leaves=4), min_size=1, max_size=6))
    text = (
        draw(_FRONT)
        + draw(st.sampled_from(["\n\n", "\n\n", "\n"])).join(blocks)
        + draw(st.sampled_from(["", "\n", "\n\n \n"]))
    )
    return text.replace("\n", draw(st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])))
