"""The Content-Security-Policy under which every page of the theme works: only the site's own scripts and styles."""

from __future__ import annotations

from pipeline.config import Settings

__all__ = ["POLICY", "policy"]

# Authors show pictures from elsewhere; those run nothing. What else a site needs is in [site] allow.
_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' https: data:",
    "media-src": "'self' https:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
}
_GISCUS = dict.fromkeys(("script-src", "style-src", "frame-src"), "https://giscus.app")


def _header(sources: dict[str, str]) -> str:
    return "; ".join(f"{directive} {allowed}" for directive, allowed in sources.items())


POLICY = _header(_SOURCES)


def policy(settings: Settings) -> str:
    """The value of the header for a site: the policy, what comments need, and what [site] allow adds."""
    sources = dict(_SOURCES)
    for added in (_GISCUS if settings.theme.giscus else {}, settings.site.allow):
        for directive, allowed in added.items():
            sources[directive] = " ".join(filter(None, [sources.get(directive, ""), allowed]))
    return _header(sources)
