"""HTML of posts that are not trusted, without anything that could run, restyle the page or send something away."""

from __future__ import annotations

from pipeline.config import Settings
from pipeline.content import Post

__all__ = ["is_sanitised", "sanitised"]

_ELEMENTS = """a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption
figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p picture pre q rp rt ruby s samp section small source span
strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr video audio"""
_MATH = """math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt
mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"""
_ANYWHERE = """class id lang dir title role tabindex hidden aria-label aria-hidden data-language data-line data-copy
data-copied data-unfold"""
_IN_MATH = """display displaystyle scriptlevel mathvariant mathcolor mathbackground stretchy symmetric movablelimits
form fence separator lspace rspace minsize maxsize accent accentunder linethickness width height depth voffset
notation"""
_ATTRIBUTES = {
    "a": "href hreflang",
    "img": "src srcset sizes alt width height loading decoding",
    "source": "src srcset sizes type media",
    "video": "src poster width height controls loop muted",
    "audio": "src controls loop muted",
    "input": "disabled checked",
    "details": "open",
    "ol": "start reversed",
    "li": "value",
    "td": "colspan rowspan",
    "th": "colspan rowspan scope",
    "time": "datetime",
    "blockquote": "cite",
}


def is_sanitised(settings: Settings, locale: str, post: Post) -> bool:
    """Whether the HTML of a post is to be cleaned: its language or the site says so, or the post itself."""
    by_site = settings.locales[locale].raw_html or settings.site.raw_html
    return "sanitised" in {by_site, post.meta.raw_html}


def sanitised(html: str) -> str:
    """The HTML with known elements and attributes only; addresses lead to the web, to mail, or into the site."""
    import nh3

    math = _MATH.split()
    attributes = _ATTRIBUTES | dict.fromkeys(math, _IN_MATH) | {"*": _ANYWHERE}
    return nh3.clean(
        html,
        tags={*_ELEMENTS.split(), *math},
        attributes={name: set(names.split()) for name, names in attributes.items()},
        tag_attribute_values={"input": {"type": {"checkbox"}}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
