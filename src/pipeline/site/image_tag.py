"""An image in HTML: its size, so that the page does not jump, and the versions that a browser may choose from."""

from __future__ import annotations

from itertools import groupby

from markupsafe import escape

from pipeline.site.context import Context
from pipeline.site.images import Image

__all__ = ["image_tag"]

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
    size = image.size if image else None
    sides = f' width="{size[0]}" height="{size[1]}"' if size else ""
    lazy = ' loading="lazy"' if context.shown_images else ""
    context.shown_images += 1
    named = f' title="{escape(title)}"' if title else ""
    tag = f'<img src="{escape(target.href)}" alt="{escape(alternative)}"{named}{sides}{lazy} decoding="async">'
    if not image or not image.versions:
        return tag
    context.images.append(target.path)
    return f"<picture>{_sources(context, image)}{tag}</picture>"


def _sources(context: Context, image: Image) -> str:
    tags = []
    for kind, versions in groupby(image.versions, lambda version: version.type):
        choices = ", ".join(f"{context.resolver.href(one.path)} {one.width}w" for one in versions)
        tags.append(f'<source type="{kind}" srcset="{escape(choices)}" sizes="{_SIZES}">')
    return "".join(tags)
