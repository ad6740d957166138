"""Changes, alignment, memory and drafts."""

from pipeline.translation.states import PostState, detect
from pipeline.translation.translate import Counts, PostReport, TranslationReport, translate

__all__ = ["Counts", "PostReport", "PostState", "TranslationReport", "detect", "translate"]
