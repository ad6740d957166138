"""Hugo's `ref` and `relref` as a link's address, `[text]({{< ref "post" >}})`, which Markdown takes for none.

While a post is parsed, such an address is written as one in a scheme of its own.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

__all__ = ["as_address", "as_written", "name_in"]

_SCHEME = "x-hugo-ref:"
_REF = re.compile(r"""(?:(?<=\]\()|(?<=\]:\ )|(?<=="))\{\{[<%]\s*(?:rel)?ref\s[^\n]*?[>%]\}\}""", re.VERBOSE)
_ADDRESS = re.compile(re.escape(_SCHEME) + r"[\w%.~-]+")
_NAME = re.compile(r"""ref\s+(?:path=)?(?:"([^"]*)"|`([^`]*)`|([^\s">%]+))""")


def as_address(text: str) -> str:
    """The text with such shortcodes written as addresses; lines stay as many as they were."""
    return _REF.sub(lambda match: _SCHEME + quote(match[0], safe=""), text) if "{{" in text and "ref" in text else text


def as_written(text: str) -> str:
    """The reverse, for what turned out to be code."""
    return _ADDRESS.sub(lambda match: unquote(match[0].removeprefix(_SCHEME)), text) if _SCHEME in text else text


def name_in(address: str) -> str | None:
    """The post that such an address names; None for any other."""
    if not address.startswith(_SCHEME):
        return None
    found = _NAME.search(as_written(address))
    return next((part for part in found.groups() if part is not None), "") if found else ""
