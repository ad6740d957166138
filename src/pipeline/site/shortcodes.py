"""Hugo shortcodes that blogs use most; an unknown one is shown as its source, with a warning."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from markdown_it.token import Token
from markupsafe import escape

from pipeline.site.code import code_block
from pipeline.site.context import Context
from pipeline.site.fences import from_options
from pipeline.site.pictures import image_tag

__all__ = ["KNOWN", "pair", "shortcode"]

_ENCLOSING = frozenset({"details"})
_ARGUMENT = re.compile(
    r"""(?:(?P<name>[\w-]+)=)?(?:"(?P<quoted>(?:\\.|[^"\\])*)"|`(?P<raw>[^`]*)`|(?P<bare>[^\s"`]+))"""
)


def shortcode(context: Context, tokens: Sequence[Token], index: int) -> str:
    """The HTML of a shortcode token."""
    token = tokens[index]
    name = token.info.lower()
    if "closes" in token.meta:
        return context.open_tags.pop()[1]
    positional, named = _arguments(str(token.meta.get("args", "")))
    known = KNOWN.get(name)
    html = known(context, token, positional, named) if known else None
    if html is not None:
        return html
    if not name.startswith("/"):
        message = f"the shortcode `{name}` is not known here."
        context.problem("shortcodes", message, token.content[:20], "Write it in Markdown.")
    source = f'<code class="shortcode">{escape(token.content)}</code>'
    return f"<p>{source}</p>\n" if token.block else source


def pair(tokens: Sequence[Token]) -> None:
    """Note in `meta` which shortcodes enclose others: those that open and close inside the same block."""
    opened: list[Token] = []
    for token in tokens:
        while opened and token.level < opened[-1].level:
            opened.pop()
        if token.type != "shortcode":
            continue
        if token.info.lower() in _ENCLOSING:
            opened.append(token)
        elif opened and token.level == opened[-1].level and token.info.lower() == f"/{opened[-1].info.lower()}":
            opened.pop().meta["closed"] = token.meta["closes"] = True


def _arguments(text: str) -> tuple[list[str], dict[str, str]]:
    positional: list[str] = []
    named: dict[str, str] = {}
    for match in _ARGUMENT.finditer(text):
        value = next(part for part in (match["quoted"], match["raw"], match["bare"]) if part is not None)
        value = value.replace('\\"', '"') if match["quoted"] is not None else value
        if match["name"]:
            named[match["name"].lower()] = value
        else:
            positional.append(value)
    return positional, named


def _figure(context: Context, token: Token, positional: list[str], named: Mapping[str, str]) -> str | None:
    source = named.get("src") or (positional[0] if positional else "")
    if not source:
        return None
    caption = " ".join(filter(None, [named.get("title"), named.get("caption")]))
    image = image_tag(context, source, named.get("alt") or caption)
    if named.get("link"):
        image = f'<a href="{escape(context.resolve(named["link"]).href)}">{image}</a>'
    note = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"<figure>{image}{note}</figure>\n" if token.block else image


def _details(context: Context, token: Token, positional: list[str], named: Mapping[str, str]) -> str | None:
    if "closed" not in token.meta:
        return None
    title = named.get("summary") or named.get("title") or (positional[0] if positional else "")
    context.open_tags.append(("details", "</details>\n"))
    is_open = " open" if named.get("open") == "true" else ""
    return f"<details{is_open}><summary>{escape(title or context.strings('details'))}</summary>\n"


def _link_to(pattern: str, label: str) -> Callable[[Context, Token, list[str], Mapping[str, str]], str | None]:
    """A shortcode that would embed a page of another site: a link, because a reader has not asked for that request."""

    def rule(context: Context, token: Token, positional: list[str], named: Mapping[str, str]) -> str | None:
        values = positional or [value for key in ("user", "id") if (value := named.get(key))]
        if not values or not all(re.fullmatch(r"[\w.-]+", value) for value in values):
            return None
        address = pattern + "/".join(values) if not pattern.endswith("=") else pattern + values[0]
        link = f'<a href="{escape(address)}">{escape(context.strings(label))}</a>'
        return f"<p>{link}</p>\n" if token.block else link

    return rule


def _highlight(context: Context, token: Token, positional: list[str], named: Mapping[str, str]) -> str | None:
    body = token.meta.get("body")
    if body is None:
        return None
    language = named.get("lang") or (positional[0] if positional else "")
    options = dict(re.findall(r"(\w+)=([\w -]+)", positional[1])) if len(positional) > 1 else {}
    how = from_options(language.lower(), {name.lower(): value for name, value in {**options, **named}.items()})
    return code_block(str(body).strip("\n") + "\n", how, context.strings)


def _ref(context: Context, _token: Token, positional: list[str], named: Mapping[str, str]) -> str | None:
    """An address in running text; those of links are in `refs`."""
    name = named.get("path") or (positional[0] if positional else "")
    return str(escape(context.resolve(name, reference=True).href)) if name else None


KNOWN: dict[str, Callable[[Context, Token, list[str], Mapping[str, str]], str | None]] = {
    "code": _highlight,
    "details": _details,
    "figure": _figure,
    "gist": _link_to("https://gist.github.com/", "shortcode.gist"),
    "highlight": _highlight,
    "ref": _ref,
    "relref": _ref,
    "vimeo": _link_to("https://vimeo.com/", "shortcode.video"),
    "youtube": _link_to("https://www.youtube.com/watch?v=", "shortcode.video"),
}
