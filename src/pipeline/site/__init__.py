"""Pages, feeds, assets and the built-in theme."""

from pipeline.site.build import build
from pipeline.site.report import BuildReport
from pipeline.site.serve import serve

__all__ = ["BuildReport", "build", "serve"]
