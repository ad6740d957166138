"""What the render rules share while one article becomes HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from pipeline.errors import BuildError
from pipeline.site.articles import Article
from pipeline.site.diagrams import Diagram
from pipeline.site.glue import glued
from pipeline.site.images import Image
from pipeline.site.links import Resolver, Target
from pipeline.site.math import Formulas
from pipeline.site.pages import Page
from pipeline.site.refs import name_in
from pipeline.site.strings import Strings

__all__ = ["Context", "Heading", "Link", "Rule"]

Rule = Callable[["Context", Sequence[Token], int], str]
_BASE = RendererHTML()
_OPTIONS = cast("OptionsDict", {"xhtmlOut": False})


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the article: `text` is plain."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a fragment of a page of the site, and the line that it stands on."""

    target: Target
    line: int


@dataclass(slots=True)
class Context:
    """What the rules know about the article (the first fields), and what they find.

    `languages` gives the BCP 47 tag of each locale, `find_image` what there is of an image at a path of the site,
    `draw` a Mermaid diagram, `ids` the ids of headings by the index of their token.
    """

    article: Article
    page: Page
    resolver: Resolver
    strings: Strings
    languages: Mapping[str, str]
    find_image: Callable[[str], Image | None]
    draw: Callable[[str], Diagram]
    rules: Mapping[str, Rule | str] = field(default_factory=dict)
    env: dict[str, Any] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    block: tuple[int, int] = (0, 0)
    open_tags: list[tuple[str, str]] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    problems: list[BuildError] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    diagrams: list[Diagram] = field(default_factory=list)
    shown_images: int = 0
    sanitised: bool = False
    formulas: Formulas = field(default_factory=Formulas)

    def resolve(self, address: str, what: str = "link", *, reference: bool = False) -> Target:
        """The target of a link, remembered so that its fragment can be checked; a missing one is a problem.

        A `reference` is the name of a post, as for Hugo's `ref`.
        """
        name = address if reference else name_in(address)
        if name is not None:
            address = name
            target = self.resolver.reference(name, self.article, self.page)
        else:
            target = self.resolver.resolve(address, self.article, self.page)
        if target.kind == "missing":
            message = f"the {what} leads to {address!r}, and nothing is there."
            self.problem(f"{what}s", message, address, "Mend it, or add the file.")
        elif target.fragment and target.page:
            self.links.append(Link(target, self.line(address)))
        return target

    def line(self, needle: str) -> int:
        """The line of the file, in the block at hand, on which some source text stands."""
        first, last = self.block
        lines = self.article.post.body.splitlines()[first:last]
        offset = next((number for number, line in enumerate(lines) if needle in line), 0)
        return self.article.post.body_line + first + offset

    def problem(self, kind: str, message: str, needle: str, remedy: str) -> None:
        """Note a fault of the post, of a kind that [problems] has; rendering goes on."""
        self.problems.append(
            BuildError(message, path=self.article.post.path, line=self.line(needle), remedy=remedy, kind=kind)
        )

    def render(self, tokens: Sequence[Token]) -> str:
        """HTML of block or inline tokens."""
        parts: list[str] = []
        rules = self.rules
        for index, token in enumerate(tokens):
            if token.map:
                self.block = (token.map[0], token.map[1])
            kind = token.type
            if kind == "inline":
                parts.append(self.render(glued(token.children or [])))
            elif (rule := rules.get(kind)) is None:
                parts.append(self.default(tokens, index))
            else:
                parts.append(rule if isinstance(rule, str) else rule(self, tokens, index))
        return "".join(parts)

    def default(self, tokens: Sequence[Token], index: int) -> str:
        """The HTML that markdown-it gives a token."""
        return _BASE.renderToken(tokens, index, _OPTIONS, self.env)
