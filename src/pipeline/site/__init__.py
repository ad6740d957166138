"""Pages, feeds, assets and the built-in theme."""

from pipeline.site.build import build
from pipeline.site.report import BuildReport

__all__ = ["BuildReport", "build"]
