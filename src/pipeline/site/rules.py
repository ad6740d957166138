"""How each kind of Markdown node becomes HTML: one small function a kind, in a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from markdown_it.token import Token
from markupsafe import escape

from pipeline.site.code import fence
from pipeline.site.context import Context, Heading, Rule
from pipeline.site.excerpt import plain
from pipeline.site.highlight import language_of
from pipeline.site.math import TexError
from pipeline.site.pictures import diagram, image_tag
from pipeline.site.raw_html import rewritten
from pipeline.site.refs import as_written
from pipeline.site.shortcodes import shortcode

__all__ = ["RULES"]

_ASIDES = frozenset({"note", "tip", "important", "warning", "caution", "info", "danger"})
_SPECIAL = re.compile("[&<>'\"]")
_ANCHORED = frozenset({"h2", "h3", "h4"})


def _text(_context: Context, tokens: Sequence[Token], index: int) -> str:
    text = tokens[index].content
    return str(escape(text)) if _SPECIAL.search(text) else text


def _code_inline(_context: Context, tokens: Sequence[Token], index: int) -> str:
    return f"<code>{escape(as_written(tokens[index].content))}</code>"


def _code(context: Context, tokens: Sequence[Token], index: int) -> str:
    token = tokens[index]
    code = as_written(token.content)
    if token.type == "fence" and language_of(token.info) == "mermaid" and (html := diagram(context, code, token.info)):
        return html
    return fence(code, token.info, context.strings)


def _math(context: Context, tokens: Sequence[Token], index: int) -> str:
    token = tokens[index]
    is_block = token.type == "math_block"
    try:
        html = context.formulas.mathml(token.content, block=token.type != "math_inline")
    except TexError as error:
        context.problem(
            "math",
            f"the formula cannot be shown as one: {error}.",
            next(iter(token.content.strip().splitlines()), ""),
            "Write it in other words of TeX; until then its source is shown.",
        )
        html = f"<code>{escape(token.content)}</code>"
        return f'<div class="math" tabindex="0">{html}</div>\n' if is_block else f'<span class="math">{html}</span>'
    context.anchors.update(unquote(name) for name in re.findall(r' id="([^"]+)"', html))
    return f'<div class="math" tabindex="0">{html}</div>\n' if is_block else html


def _heading_open(context: Context, tokens: Sequence[Token], index: int) -> str:
    token = tokens[index]
    name = context.ids.get(index, str(token.attrs["id"]))
    context.anchors.add(name)
    context.headings.append(Heading(int(token.tag[1]), name, plain(tokens[index + 1].children or [])))
    others = "".join(f' {escape(key)}="{escape(value)}"' for key, value in token.attrItems() if key != "id")
    return f'<{token.tag} id="{escape(name)}"{others}>'


def _heading_close(context: Context, tokens: Sequence[Token], index: int) -> str:
    tag = tokens[index].tag
    if tag not in _ANCHORED:
        return f"</{tag}>\n"
    name = escape(context.headings[-1].id)
    return f' <a class="anchor" href="#{name}" aria-hidden="true" tabindex="-1">#</a></{tag}>\n'


def _link_open(context: Context, tokens: Sequence[Token], index: int) -> str:
    token = tokens[index]
    target = context.resolve(str(token.attrs["href"]))
    title = f' title="{escape(token.attrs["title"])}"' if token.attrs.get("title") else ""
    foreign = target.page is not None and target.page.locale != context.page.locale
    language = f' hreflang="{escape(context.languages[target.page.locale])}"' if foreign and target.page else ""
    return f'<a href="{escape(target.href)}"{title}{language}>'


def _image(context: Context, tokens: Sequence[Token], index: int) -> str:
    token = tokens[index]
    title = str(token.attrs.get("title", ""))
    in_figure = bool(context.open_tags) and context.open_tags[-1][0] == "figure"
    return image_tag(context, str(token.attrs["src"]), _alternative(token.children or []), "" if in_figure else title)


def _alternative(tokens: Sequence[Token]) -> str:
    return "".join(
        _alternative(token.children or []) if token.type == "image" else plain([token]) for token in tokens
    ).strip()


def _paragraph_open(context: Context, tokens: Sequence[Token], index: int) -> str:
    image = _only_image(tokens[index + 1].children or [])
    if image is None or tokens[index].hidden:
        return context.default(tokens, index)
    title = str(image.attrs.get("title", ""))
    caption = f"<figcaption>{escape(title)}</figcaption>" if title else ""
    context.open_tags.append(("figure", f"{caption}</figure>\n"))
    return "<figure>"


def _paragraph_close(context: Context, tokens: Sequence[Token], index: int) -> str:
    if context.open_tags and context.open_tags[-1][0] == "figure":
        return context.open_tags.pop()[1]
    return "" if tokens[index].hidden else "</p>\n"


def _only_image(tokens: Sequence[Token]) -> Token | None:
    """The image that is all there is in a paragraph, perhaps inside a link."""
    kept = [token for token in tokens if token.type != "text" or token.content.strip()]
    if len(kept) == 3 and kept[0].type == "link_open" and kept[2].type == "link_close":
        kept = kept[1:2]
    return kept[0] if len(kept) == 1 and kept[0].type == "image" else None


def _table_open(context: Context, _tokens: Sequence[Token], _index: int) -> str:
    return f'<div class="table" role="group" aria-label="{escape(context.strings("table"))}" tabindex="0"><table>\n'


def _cell_open(_context: Context, tokens: Sequence[Token], index: int) -> str:
    token = tokens[index]
    alignment = str(token.attrs.get("style", "")).removeprefix("text-align:")
    css = f' class="{escape(alignment)}"' if alignment in {"center", "right"} else ""
    scope = ' scope="col"' if token.tag == "th" else ""
    return f"<{token.tag}{css}{scope}>"


def _list_item_open(context: Context, tokens: Sequence[Token], index: int) -> str:
    token = tokens[index]
    if "checked" not in token.meta:
        return context.default(tokens, index)
    done = bool(token.meta["checked"])
    label = escape(context.strings("task.done" if done else "task.open"))
    checked = " checked" if done else ""
    return f'<li class="task"><input type="checkbox" disabled{checked} aria-label="{label}"> '


def _list_open(_context: Context, tokens: Sequence[Token], index: int) -> str:
    token = tokens[index]
    css = ' class="tasks"' if "contains-task-list" in str(token.attrs.get("class", "")) else ""
    start = f' start="{token.attrs["start"]}"' if "start" in token.attrs else ""
    return f"<{token.tag}{start}{css}>\n"


def _alert_open(_context: Context, tokens: Sequence[Token], index: int) -> str:
    kind = str(tokens[index].meta["kind"]).lower()
    return f'<div class="aside {escape(kind)}" role="note">\n'


def _alert_title_open(context: Context, tokens: Sequence[Token], index: int) -> str:
    """The parser's title is the kind in English; here it is in the language of the article."""
    kind = str(tokens[index - 1].meta["kind"])
    if texts := tokens[index + 1].children:
        texts[0].content = context.strings(f"aside.{kind.lower()}")
    return '<p class="aside-title">'


def _container_open(context: Context, tokens: Sequence[Token], index: int) -> str:
    name, _, title = tokens[index].info.strip().partition(" ")
    name = name.lower()
    css = re.sub(r"[^\w-]", "", name)
    if name == "details":
        context.open_tags.append(("container", "</details>\n"))
        return f"<details><summary>{escape(title.strip() or context.strings('details'))}</summary>\n"
    if name in _ASIDES:
        context.open_tags.append(("container", "</div>\n"))
        label = title.strip() or context.strings(f"aside.{name}")
        return f'<div class="aside {css}" role="note">\n<p class="aside-title">{escape(label)}</p>\n'
    context.open_tags.append(("container", "</div>\n"))
    heading = f'<p class="container-title">{escape(title.strip())}</p>\n' if title.strip() else ""
    return f'<div class="container {css}">\n{heading}'


def _container_close(context: Context, _tokens: Sequence[Token], _index: int) -> str:
    return context.open_tags.pop()[1]


def _raw_html(context: Context, tokens: Sequence[Token], index: int) -> str:
    return rewritten(tokens[index].content, context)


def _footnote_ref(_context: Context, tokens: Sequence[Token], index: int) -> str:
    meta = tokens[index].meta
    number, again = meta["id"] + 1, f"-{meta['subId']}" if meta.get("subId") else ""
    return (
        f'<sup class="note-ref"><a href="#fn{number}" id="fnref{number}{again}" role="doc-noteref">{number}</a></sup>'
    )


def _footnote_block_open(context: Context, _tokens: Sequence[Token], _index: int) -> str:
    return f'<section class="notes" role="doc-endnotes" aria-label="{escape(context.strings("footnotes"))}">\n<ol>\n'


def _footnote_open(_context: Context, tokens: Sequence[Token], index: int) -> str:
    return f'<li id="fn{tokens[index].meta["id"] + 1}">'


def _footnote_anchor(context: Context, tokens: Sequence[Token], index: int) -> str:
    meta = tokens[index].meta
    number, again = meta["id"] + 1, f"-{meta['subId']}" if meta["subId"] else ""
    label = escape(context.strings("footnote_back"))
    return f' <a class="note-back" href="#fnref{number}{again}" role="doc-backlink" aria-label="{label}">↩\ufe0e</a>'


RULES: dict[str, Rule | str] = {
    "alert_close": "</div>\n",
    "alert_open": _alert_open,
    "alert_title_open": _alert_title_open,
    "alert_title_close": "</p>\n",
    "blockquote_close": "</blockquote>\n",
    "bullet_list_close": "</ul>\n",
    "bullet_list_open": _list_open,
    "code_block": _code,
    "code_inline": _code_inline,
    "container_block_close": _container_close,
    "container_block_open": _container_open,
    "em_close": "</em>",
    "em_open": "<em>",
    "fence": _code,
    "footnote_anchor": _footnote_anchor,
    "footnote_block_close": "</ol>\n</section>\n",
    "footnote_block_open": _footnote_block_open,
    "footnote_close": "</li>\n",
    "footnote_open": _footnote_open,
    "footnote_ref": _footnote_ref,
    "hardbreak": "<br>\n",
    "heading_close": _heading_close,
    "heading_open": _heading_open,
    "html_block": _raw_html,
    "html_inline": _raw_html,
    "image": _image,
    "link_close": "</a>",
    "link_open": _link_open,
    "list_item_close": "</li>\n",
    "list_item_open": _list_item_open,
    "math_block": _math,
    "math_inline": _math,
    "math_inline_double": _math,
    "ordered_list_close": "</ol>\n",
    "ordered_list_open": _list_open,
    "paragraph_close": _paragraph_close,
    "paragraph_open": _paragraph_open,
    "shortcode": shortcode,
    "shortcode_inline": shortcode,
    "softbreak": "\n",
    "strong_close": "</strong>",
    "strong_open": "<strong>",
    "table_close": "</table></div>\n",
    "table_open": _table_open,
    "td_close": "</td>\n",
    "td_open": _cell_open,
    "text": _text,
    "text_special": _text,
    "th_close": "</th>\n",
    "th_open": _cell_open,
    "tr_close": "</tr>\n",
}
