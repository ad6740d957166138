"""Images and diagrams in HTML: with their size, so that the page does not jump, and what a browser may choose from."""

from __future__ import annotations

from itertools import groupby

from markupsafe import escape

from pipeline.site.context import Context
from pipeline.site.excerpt import clipped
from pipeline.site.fences import read_fence
from pipeline.site.images import Image

__all__ = ["diagram", "image_tag"]

# How wide an image is shown: the column of text (`--measure` in page.css), or what a small screen leaves for it.
_SIZES = "(max-width: 46rem) 92vw, 42.75rem"


def image_tag(context: Context, source: str, alternative: str, title: str = "") -> str:
    """An `img`, in a `picture` if there are versions of it. All but the first of a page wait until they are in sight.

    `source` is the address as the author wrote it; one that leads nowhere, or to a file that is no image, is a problem.
    """
    target = context.resolve(source, "image")
    image = context.find_image(target.path) if target.path else None
    if image and image.fault:
        message = f"the image {source!r} is shown as it is: {image.fault}."
        context.problem("images", message, source, "Save it again, or make it smaller.")
    tag = _tag(context, target.href, alternative, image.size if image else None, title)
    if not image or not image.versions:
        return tag
    context.images.append(target.path)
    return f"<picture>{_sources(context, image)}{tag}</picture>"


def diagram(context: Context, source: str, info: str) -> str:
    """A `figure` with a Mermaid diagram, `""` if it cannot be drawn; that is a problem. Who cannot see it is told the
    words in it.
    """
    drawn = context.draw(source)
    if drawn.fault:
        message = f"the diagram is shown as its source: {drawn.fault}."
        context.problem("diagrams", message, next(iter(source.strip().splitlines()), ""), "Mend it.")
        return ""
    context.diagrams.append(drawn)
    title = read_fence(info).title
    words = clipped(": ".join(filter(None, [title or context.strings("diagram"), drawn.words])))
    caption = f"<figcaption>{escape(title)}</figcaption>" if title else ""
    tag = _tag(context, context.resolver.href(drawn.path), words, drawn.size)
    return f'<figure class="diagram" tabindex="0">{tag}{caption}</figure>\n'


def _tag(context: Context, href: str, alternative: str, size: tuple[int, int] | None, title: str = "") -> str:
    named = f' title="{escape(title)}"' if title else ""
    sides = f' width="{size[0]}" height="{size[1]}"' if size else ""
    lazy = ' loading="lazy"' if context.shown_images else ""
    context.shown_images += 1
    return f'<img src="{escape(href)}" alt="{escape(alternative)}"{named}{sides}{lazy} decoding="async">'


def _sources(context: Context, image: Image) -> str:
    tags = []
    for kind, versions in groupby(image.versions, lambda version: version.type):
        choices = ", ".join(f"{context.resolver.href(one.path)} {one.width}w" for one in versions)
        tags.append(f'<source type="{kind}" srcset="{escape(choices)}" sizes="{_SIZES}">')
    return "".join(tags)
