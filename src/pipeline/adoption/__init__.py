"""An existing bilingual site, taken over."""

from pipeline.adoption.adopt import adopt
from pipeline.adoption.report import AdoptionReport

__all__ = ["AdoptionReport", "adopt"]
